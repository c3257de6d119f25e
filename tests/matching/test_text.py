"""Words, sentences and languages: the same text gives the same tokens, whatever the script."""

import pytest

from matching import guess_language
from matching.compounds import CompoundSplitter
from matching.text import clean, fold, sentences, stem, surfaces, tokens


def test_control_and_bidi_characters_disappear():
    assert clean("Bän\u200bke\u202e\x00 am\u00a0Platz") == "Bänke am Platz"


def test_umlauts_and_their_spellings_fold_to_one_word():
    assert {fold("Bänke"), fold("BÄNKE"), fold("Baenke"), fold("Ba\u0308nke")} == {"banke"}
    assert fold("Straße") == fold("STRASSE")


def test_a_plural_has_the_stem_of_its_singular():
    assert stem("Bäume", "de") == stem("Baum", "de")
    assert stem("Fahrräder", "de") == stem("Fahrrad", "de")


def test_stop_words_never_become_words():
    assert surfaces("Ich möchte mit euch und der Nachbarin gießen") == ["Nachbarin", "gießen"]


def test_a_compound_splits_where_the_corpus_knows_its_parts():
    splitter = CompoundSplitter().fit({"gemeinschaft": 2, "garten": 3, "nachbarn": 1})
    (token,) = tokens("Gemeinschaftsgarten", splitter, "de")
    assert [token.surface[part.start : part.end] for part in token.parts] == [
        "Gemeinschafts",
        "garten",
    ]
    assert splitter.split("nachbarschaft") == ()


def test_a_part_keeps_its_umlaut_as_written():
    splitter = CompoundSplitter().fit({"obst": 1, "baum": 1, "baume": 1})
    (token,) = tokens("Obstbäume", splitter, "de")
    assert [token.surface[part.start : part.end] for part in token.parts] == ["Obst", "bäume"]


def test_short_scraps_join_the_sentence_beside_them():
    assert sentences("Gesucht: Wir bauen Bänke am Platz. Ja!") == [
        "Gesucht: Wir bauen Bänke am Platz. Ja!"
    ]


def test_a_text_without_end_is_cut_into_a_few_sentences():
    found = sentences(clean("wort " * 200_000))
    assert 1 <= len(found) <= 12
    assert max(map(len, found)) <= 240


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wer kann uns beim Tragen helfen?", "de"),
        ("Who could help us carry a piano?", "en"),
        ("Nous cherchons quelqu'un pour notre jardin", "fr"),
        ("Buscamos a alguien que pinte un muro", "es"),
        ("Szukamy kogoś, kto przewiezie meble", "pl"),
        ("Căutăm pe cineva care repară biciclete", "ro"),
        ("Bisikletimi tamir edecek biri lazım", "tr"),
        ("Tôi muốn trồng rau cùng hàng xóm", "vi"),
        ("Кто умеет шить и научит других?", "ru"),
        ("Хто вміє шити і навчить інших?", "uk"),
        ("من يستطيع أن يساعدنا في الترجمة؟", "ar"),
        ("چه کسی می‌تواند نجاری یاد بدهد؟", "fa"),
        ("በጎ ፈቃደኛ", "ti"),
        ("🌳🌳 123", None),
    ],
)
def test_the_language_of_a_short_text_is_guessed(text, language):
    assert guess_language(text) == language
