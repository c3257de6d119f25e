"""The public list: newest first, by place, topic, state and language, however long it is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from portal.extensions import db
from portal.ideas import queries
from portal.ideas.models import Idea
from portal.ideas.queries import PAGE, Filter
from portal.ideas.topics import topic_names
from portal.paging import Cursor
from portal.places.models import Borough, District

NOON = datetime(2026, 6, 1, 12)


@pytest.fixture
def places(app) -> dict[str, District]:
    """Two boroughs with three districts."""
    east, south = Borough(code="2", name="Ost"), Borough(code="3", name="Südost")
    districts = [
        District(code="20", name="Neustadt-Neuschönefeld", area="ost", borough=east),
        District(code="21", name="Volkmarsdorf", area="ost", borough=east),
        District(code="30", name="Reudnitz-Thonberg", borough=south),
    ]
    db.session.add_all([east, south, *districts])
    db.session.commit()
    return {district.code: district for district in districts}


def add_ideas(number: int, **columns) -> None:
    """Write public ideas, one a minute; every third shares its minute with the one before."""
    row = {
        "problem": "Auf dem Platz fehlt Schatten.",
        "wish": "",
        "contribution": "",
        "under_16": False,
        "state": "eingegangen",
        "created_at": NOON,
        "changed_at": NOON,
    }
    start = db.session.query(Idea).count()
    db.session.execute(
        insert(Idea),
        [
            row
            | {
                "title": f"Schatten Nummer {start + n}",
                "progress_token": f"token-{start + n}",
                "claim_code_hash": f"hash-{start + n}",
                "published_at": NOON + timedelta(minutes=n - (n % 3 == 2)),
            }
            | columns
            for n in range(number)
        ],
    )
    db.session.commit()


def titles(page) -> list[str]:
    return [title.get_text(strip=True) for title in page.select(".card__title")]


def test_the_newest_ideas_stand_first(visitor):
    add_ideas(3)
    assert titles(visitor.visit("/ideen/")) == [
        "Schatten Nummer 2",
        "Schatten Nummer 1",
        "Schatten Nummer 0",
    ]


def test_reading_on_shows_each_idea_once_though_new_ones_arrive(visitor):
    add_ideas(2 * PAGE + 5)
    page = visitor.visit("/ideen/")
    seen = titles(page)
    add_ideas(3, published_at=NOON + timedelta(days=1))
    while more := page.select_one("#idea-more a"):
        assert more["hx-get"] == more["href"]
        page = visitor.visit(more["href"])
        seen += titles(page)
    assert len(seen) == len(set(seen)) == 2 * PAGE + 5


def test_with_htmx_the_list_grows_in_place(visitor):
    add_ideas(PAGE + 2)
    url = visitor.visit("/ideen/").select_one("#idea-more a")["href"]
    rest = visitor.visit(url, target="idea-more")
    assert len(titles(rest)) == 2
    assert not rest.select("html, #idea-more")
    assert rest.select_one("[autofocus]").get_text(strip=True) == titles(rest)[0]


def test_waiting_and_hidden_ideas_are_not_listed(visitor):
    add_ideas(1, published_at=None)
    add_ideas(1, hidden_at=NOON, hidden_reason="Grund")
    page = visitor.visit("/ideen/")
    assert not titles(page)
    assert page.select_one("#idea-list .empty a[href='/ideen/neu']")


def test_ideas_are_found_by_district_borough_topic_state_and_language(visitor, places):
    topic = next(iter(topic_names()))
    add_ideas(1, title="A", district_id=places["20"].id, topic=topic)
    add_ideas(1, title="B", district_id=places["21"].id, state="angenommen")
    add_ideas(1, title="C", district_id=places["30"].id, language="ar")
    for query, expected in {
        "ort=21": {"B"},
        "ort=2": {"A", "B"},
        "ort=3": {"C"},
        f"thema={topic}": {"A"},
        "stand=angenommen": {"B"},
        "sprache=ar": {"C"},
        "ort=2&stand=angenommen": {"B"},
        "ort=&thema=&stand=&sprache=": {"A", "B", "C"},
    }.items():
        page = visitor.visit(f"/ideen/?{query}", target="idea-list")
        assert set(titles(page)) == expected, query
    page = visitor.visit("/ideen/?ort=2&sprache=ar")
    assert "Dazu gibt es noch keine Idee" in page.text
    assert page.select_one("option[value='2'][selected]")


def test_the_filter_stays_while_reading_on(visitor):
    add_ideas(PAGE + 1, state="angenommen")
    add_ideas(3)
    url = visitor.visit("/ideen/?stand=angenommen").select_one("#idea-more a")["href"]
    assert len(titles(visitor.visit(url))) == 1


@pytest.mark.parametrize(
    "query",
    [
        "ort=99",
        "ort=%00",
        "thema=<script>",
        "stand=verschollen",
        "sprache=xx",
        "nach=quatsch",
        "nach=2026-01-01~99999999999999999999",
        "nach=2026-01-01T00:00:00%2B00:00~1",
        "nach=~",
        "nach=%00~1",
        f"nach={'9' * 3000}",
    ],
)
def test_nonsense_in_the_address_shows_the_whole_list(visitor, query):
    add_ideas(1)
    assert len(titles(visitor.visit(f"/ideen/?{query}"))) == 1


def test_a_cursor_reads_what_it_writes():
    cursor = Cursor(NOON, 17)
    assert Cursor.parse(str(cursor)) == cursor


def test_a_signed_in_list_of_many_ideas_takes_at_most_six_statements(
    as_user, ada, places, count_queries
):
    add_ideas(400, district_id=places["21"].id)
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit("/ideen/")
    assert len(titles(page)) == PAGE
    assert len(count_queries) <= 6, count_queries


def test_the_list_query_uses_the_index_of_the_public_page(app):
    add_ideas(1)
    if db.engine.dialect.name == "sqlite":
        shown = str(
            queries.public_query(Filter(), Cursor(NOON, 3)).compile(
                db.engine, compile_kwargs={"literal_binds": True}
            )
        )
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {shown}").all()
        assert any("ix_idea_public_page" in str(row) for row in plan)
        assert not any("TEMP B-TREE" in str(row) for row in plan)
