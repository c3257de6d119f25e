"""Texts kept in PostgreSQL with pgvector are found, scored and forgotten as those in memory."""

import json
from contextlib import contextmanager

import psycopg
import pytest

from matching import Document, LargeMatcher, Matcher, StoreError
from matching.__main__ import main
from matching.pgvector import PgvectorCandidates
from tests.postgres import postgres_with_pgvector, private_postgres, system_has_pgvector

GARDEN = Document(("team", 1), "team", "Gemeinschaftsgarten", "Wir bauen Gemüse an. Abends!", "de")
BIKES = Document(("team", 2), "team", "Radwerkstatt", "Samstags flicken wir Fahrräder.", "de")
KITCHEN = Document(("team", 3), "team", "Kochgruppe", "Menschen aus vielen Ländern kochen.", "de")
PARKS = Document(("office", 1), "office", "Amt für Parks", "Pflegt Bäume, Beete und Bänke.", "de")
ALL = [GARDEN, BIKES, KITCHEN, PARKS]
QUERIES = ["Mein Fahrrad ist kaputt", "Wer gärtnert mit uns am Abend?", "Мой велосипед сломан"]


@pytest.fixture(scope="module")
def url():
    with postgres_with_pgvector() as address:
        yield address


@pytest.fixture(scope="module", params=["none", "use", "e5+use"])
def memory(request):
    return Matcher(request.param).fit(ALL)


@pytest.fixture(scope="module")
def words():
    return Matcher("none").fit(ALL)


@contextmanager
def large_matcher(url, fitted, autocommit=True):
    with psycopg.connect(url, autocommit=autocommit) as connection:
        yield LargeMatcher(fitted, PgvectorCandidates(connection, fitted, "texts_tested"))


def ids(matches):
    return [match.id for match in matches]


def test_scores_labels_and_reasons_are_those_of_the_matcher_in_memory(url, memory):
    with large_matcher(url, memory) as large:
        large.fill(ALL)
        for query in QUERIES:
            found, expected = large.search(query), memory.search(query)
            assert [(m.id, m.kind, m.label) for m in found] == [
                (m.id, m.kind, m.label) for m in expected
            ]
            for one, other in zip(found, expected, strict=True):
                assert one.score == pytest.approx(other.score, abs=0.005)
                assert [(r.kind, r.terms, r.document_terms, r.document_sentence)
                        for r in one.reasons] == [
                    (r.kind, r.terms, r.document_terms, r.document_sentence)
                    for r in other.reasons
                ]  # fmt: skip
        found, expected = large.search_document(BIKES.id), memory.search_document(BIKES.id)
        assert ids(found) == ids(expected)


def test_kinds_exclusions_and_gains_are_kept(url, words):
    with large_matcher(url, words) as large:
        large.fill(ALL)
        assert ids(large.search("Bäume, Beete, Gemüse", kinds={"office"})) == [PARKS.id]
        assert ids(large.search("Bäume, Beete, Gemüse", exclude={PARKS.id})) == [GARDEN.id]
        assert large.search("Bäume, Beete, Gemüse", kinds=set()) == []
        beds = Document(5, "team", "Beete", "Beete und Bäume gießen, Bänke streichen.", "de")
        large.add(beds)
        assert ids(large.search_document(beds.id)) == [PARKS.id]
        assert large.search_document(beds.id, gains={PARKS.id: -9.0}) == []
        with pytest.raises(KeyError):
            large.search_document(("team", 99))


def test_a_matcher_among_some_candidates_can_forget_and_replace_them(words):
    few = words.among([words.entry(GARDEN), words.entry(BIKES)])
    few.remove(BIKES.id)
    few.add(GARDEN)
    assert len(few) == 1
    assert BIKES.id not in dict(few.rank(QUERIES[0]))


def test_every_process_finds_a_text_as_soon_as_it_is_added(url, words):
    with large_matcher(url, words) as one, large_matcher(url, words) as other:
        one.fill([GARDEN, PARKS])
        assert other.search(QUERIES[0]) == []
        one.add(BIKES)
        assert ids(other.search(QUERIES[0])) == [BIKES.id]
        one.add(Document(BIKES.id, "team", "Chor", "Wir singen im Hof.", "de"))
        assert other.search(QUERIES[0]) == []
        assert ids(other.search("singen")) == [BIKES.id]


def test_a_removed_text_leaves_nothing_behind(url, words):
    with large_matcher(url, words) as large, psycopg.connect(url) as connection:
        large.fill(ALL)
        large.remove(BIKES.id)
        large.remove(BIKES.id)
        assert large.search(QUERIES[0]) == []
        rows = connection.execute("SELECT t::text FROM texts_tested t").fetchall()
        assert len(rows) == 3
        assert not any("Fahrräder" in row for (row,) in rows)


def test_removing_belongs_to_the_transaction_of_whoever_removes(url, words):
    with large_matcher(url, words) as other:
        other.fill(ALL)
        with psycopg.connect(url) as connection:
            large = LargeMatcher(words, PgvectorCandidates(connection, words, "texts_tested"))
            large.remove(BIKES.id)
            assert large.search(QUERIES[0]) == []
            assert ids(other.search(QUERIES[0])) == [BIKES.id]
            connection.rollback()
            assert ids(large.search(QUERIES[0])) == [BIKES.id]
            large.remove(BIKES.id)
            connection.commit()
        assert other.search(QUERIES[0]) == []


def test_old_texts_are_found_while_new_ones_are_filled_in(url, words):
    with large_matcher(url, words) as one, large_matcher(url, words) as other:
        one.fill([BIKES])

        def documents():
            assert ids(other.search(QUERIES[0])) == [BIKES.id]
            yield GARDEN

        one.fill(documents())
        assert other.search(QUERIES[0]) == []
        assert ids(other.search("Gemüse im Garten")) == [GARDEN.id]


def test_a_text_without_vector_is_found_by_its_words(url):
    fitted = Matcher("use").fit(ALL)
    with large_matcher(url, fitted) as large:
        large.fill([GARDEN, Document(7, "team", "Radwerkstatt", "Wir flicken Räder.", "de", b"")])
        (found,) = large.search("Radwerkstatt")
        assert found.id == 7
        assert [reason.kind for reason in found.reasons] == ["words"]
        large.add(Document(7, "team", "Radwerkstatt", "Wir flicken Räder.", "de"))
        assert "meaning" in [reason.kind for reason in large.search("Radwerkstatt")[0].reasons]


def test_many_texts_in_any_order_lose_nobody_who_fits(url):
    """More texts than candidates: the vector and the rare words bring in the right ones."""
    matcher = Matcher("use")
    blob = matcher.encode("Chor", "Wir singen im Hof.")
    crowd = [Document(i, "team", "Chor", "Wir singen im Hof.", "de", blob) for i in range(900)]
    fitted = matcher.fit([*crowd, *ALL])
    with large_matcher(url, fitted) as large:
        large.fill([*crowd[:450], *ALL, *crowd[450:]])
        assert large.search(QUERIES[0])[0].id == BIKES.id
        assert large.search("Bäume und Bänke", kinds={"office"})[0].id == PARKS.id
        unwanted = set(range(900))
        assert large.search("Wir kochen", exclude=unwanted)[0].id == KITCHEN.id


def test_texts_of_other_words_and_a_missing_table_are_refused(url, words):
    with psycopg.connect(url, autocommit=True) as connection:
        large = LargeMatcher(words, PgvectorCandidates(connection, words, "texts_missing"))
        with pytest.raises(StoreError, match="texts_missing is missing"):
            large.search(QUERIES[0])
    learned_elsewhere = Matcher("none").fit([GARDEN])
    with large_matcher(url, words) as large, large_matcher(url, learned_elsewhere) as other:
        large.fill(ALL)
        for ask in (lambda: other.search(QUERIES[0]), lambda: other.add(GARDEN)):
            with pytest.raises(StoreError, match="made by"):
                ask()
        other.remove(BIKES.id)  # forgetting is never refused
        assert large.search(QUERIES[0]) == []


@pytest.mark.skipif(
    system_has_pgvector(), reason="every PostgreSQL of this system has pgvector: none without it"
)
def test_a_server_without_pgvector_is_told_by_name(words):
    with private_postgres() as plain, large_matcher(
        plain.replace("+psycopg", ""), words
    ) as large, pytest.raises(StoreError, match="pgvector"):  # fmt: skip
        large.fill(ALL)


def test_a_sample_lends_its_words_and_is_not_found_itself(url, words, tmp_path):
    words.among([]).save(tmp_path / "words")
    assert "flicken wir Fahrräder" not in (tmp_path / "words" / "index.json").read_text()
    loaded = Matcher.load(tmp_path / "words", "none")
    with large_matcher(url, words) as large, large_matcher(url, loaded) as other:
        large.fill([BIKES])
        assert ids(other.search("Fahrrad und Gemüse")) == [BIKES.id]


def test_bench_measures_the_database_beside_the_memory(url, capsys):
    command = ["bench", "--documents", "120", "--candidates", url, "--encoders", "use", "--json"]
    assert main(command) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["documents"] == 120
    assert figures["recall_at_10"] > 0.95
    assert figures["disk_mib"] > 1
    assert {"search_p50_ms", "memory_search_p50_ms", "add_p95_ms", "fill_s"} < set(figures)
    with psycopg.connect(url) as connection:
        (left,) = connection.execute("SELECT to_regclass('matching_bench')").fetchone()
    assert left is None
