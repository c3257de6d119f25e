"""Titles: the first sentence, whole words, at most 80 characters, in any script."""

import pytest

from portal.ideas.titles import LIMIT, first_sentence, shorten, title_of


def test_the_title_is_the_first_sentence_of_the_wish():
    wish = "Ich wünsche mir eine Bank vor dem Haus. Und vielleicht einen Baum dazu."
    assert title_of("Es fehlt etwas.", wish) == "Ich wünsche mir eine Bank vor dem Haus"


def test_a_wish_of_a_few_letters_leaves_the_title_to_the_problem():
    assert title_of("Am Platz gibt es keinen Schatten.", "Bäume!") == (
        "Am Platz gibt es keinen Schatten"
    )
    assert title_of("Am Platz gibt es keinen Schatten.") == "Am Platz gibt es keinen Schatten"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Am 3. Mai war es zu laut. Wir wollen reden.", "Am 3. Mai war es zu laut"),
        ("Es gibt hier z. B. keine Bank. Schade.", "Es gibt hier z. B. keine Bank"),
        ("Warum gibt es hier keine Bank? Ich frage nur.", "Warum gibt es hier keine Bank?"),
        (
            "Hallo! Ich habe eine Idee für den Hof. Mehr später.",
            "Hallo! Ich habe eine Idee für den Hof",
        ),
        ("Ein Dach für Räder\nDamit sie trocken stehen", "Ein Dach für Räder"),
        ("أين يمكن لأطفالنا أن يلعبوا؟ لا يوجد ملعب هنا.", "أين يمكن لأطفالنا أن يلعبوا؟"),
        ("ohne Satzzeichen", "ohne Satzzeichen"),
        ("", ""),
    ],
)
def test_a_sentence_ends_where_readers_see_it_end(text, sentence):
    assert first_sentence(text) == sentence


def test_long_sentences_are_cut_between_words():
    title = shorten("Wir brauchen dringend " + "mehr schattige Plätze " * 10)
    assert len(title) <= LIMIT
    assert title.endswith(("mehr…", "schattige…", "Plätze…"))


def test_a_very_long_word_is_cut_within():
    assert shorten("ä" * 500) == "ä" * (LIMIT - 1) + "…"
    assert shorten("Ja " + "x" * 500) == "Ja " + "x" * (LIMIT - 4) + "…"


def test_arabic_is_cut_between_words_too():
    title = shorten("نريد حديقة للأطفال في الحي " * 10)
    assert len(title) <= LIMIT
    assert title.removesuffix("…").split()[-1] in ["نريد", "حديقة", "للأطفال", "في", "الحي"]


def test_an_emoji_or_accent_is_never_torn_apart():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for title in (shorten(family * 60), shorten("x" + family * 60), shorten("xy" + family * 60)):
        assert len(title) <= LIMIT
        assert title.removesuffix("…").endswith(family)
    assert shorten("e\u0301" * 90) == "e\u0301" * 39 + "…"
    assert shorten("👍🏽" * 90).removesuffix("…").endswith("👍🏽")


def test_a_title_is_one_line():
    assert shorten("eins\n\nzwei\tdrei") == "eins zwei drei"
