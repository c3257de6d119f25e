"""News come from what teams and meetings wrote; feeds tell the same to machines."""

from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import insert

from portal import clock
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.news import feeds, sources, wording
from portal.places.models import Borough, District
from portal.steering.models import Meeting
from portal.teams.actions import add_status, change_state, create_team
from portal.teams.models import StatusEntry, Team

HOSTILE = "<script>alert('x')</script> & ]]> \u202e\u0000\u0008 \ufffe عربي"
NAMES = {"a": feeds.ATOM}


@pytest.fixture
def east(app) -> District:
    district = District(
        code="25", name="Reudnitz", area="ost", borough=Borough(code="2", name="Ost")
    )
    db.session.add(district)
    db.session.commit()
    return district


@pytest.fixture
def garden(cem, east) -> Team:
    with clock.at(datetime(2026, 3, 1, 12)):
        team = create_team(
            by=cem, name="Hofgarten", challenge="Beete anlegen.", focus=["Umwelt"], district=east
        )
    with clock.at(datetime(2026, 3, 2, 12)):
        add_status(team, text="Die Erde ist da.\n\nMorgen wird gepflanzt.", by=cem)
    db.session.commit()
    return team


@pytest.fixture
def bikes(cem) -> Team:
    with clock.at(datetime(2026, 3, 3, 12)):
        team = create_team(by=cem, name="Räder", challenge="Reparieren.", focus=["Mobilität"])
    with clock.at(datetime(2026, 3, 4, 12)):
        change_state(team, state="im_betrieb", self_supporting=True, by=cem)
    db.session.commit()
    return team


def meeting(**given) -> Meeting:
    row = Meeting(area="ost", minutes="Zwei Ideen angenommen.", **given)
    db.session.add(row)
    db.session.commit()
    return row


def gathering(**given) -> Gathering:
    start = datetime(2026, 3, 5, 17)
    row = Gathering(
        kind="gesamttreffen", title="Gesamttreffen", starts_at=start, place="Treff",
        ends_at=start + timedelta(hours=2), languages=["de"], steps="step_free",
        toilet="accessible", hearing="none", words="everyday", barrier_note="Ebenerdig.", **given,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def headlines(page) -> list[str]:
    return [each.get_text(strip=True) for each in page.select("#news-list .timeline h2")]


def read_feed(browser, query: str = "") -> ElementTree.Element:
    answer = browser.get(f"/neues/feed.atom{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    return ElementTree.fromstring(answer.data)


def test_everything_public_is_told_newest_first(visitor, garden, bikes):
    meeting(held_on=date(2026, 3, 5), published_at=datetime(2026, 3, 6, 9))
    meeting(held_on=date(2026, 3, 7))  # minutes nobody published yet
    gathering(minutes="Wir haben geredet.", minutes_at=datetime(2026, 3, 7, 9), team_id=garden.id)
    gathering()
    page = visitor.visit("/neues/")
    assert headlines(page) == [
        "Protokoll: Gesamttreffen",
        "Steuerungsteam Ost: Protokoll vom 5. März 2026",
        "Räder: jetzt im Betrieb, selbsttragende Struktur",
        "Neues Team: Räder",
        "Neuer Stand: Hofgarten",
        "Neues Team: Hofgarten",
    ]
    for link in page.select("#news-list h2 a"):
        visitor.visit(link["href"])


def test_what_was_retold_is_no_founding_of_ours(visitor, cem):
    team = create_team(by=cem, name="LEIPZIG GIESST", challenge="Gießen.", is_example=True)
    add_status(team, text="Viele Bäume", by=cem)
    db.session.commit()
    page = visitor.visit("/neues/")
    assert headlines(page) == ["Neuer Stand: LEIPZIG GIESST"]
    assert page.select_one(".timeline").find(string="Beispiel")


def test_topic_district_and_team_narrow_down(visitor, garden, bikes, east):
    gathering(minutes="Alle da.", minutes_at=datetime(2026, 3, 7, 9), teams=[bikes])
    meeting(held_on=date(2026, 3, 5), published_at=datetime(2026, 3, 6, 9))
    of_garden = ["Neuer Stand: Hofgarten", "Neues Team: Hofgarten"]
    assert headlines(visitor.visit("/neues/?thema=Umwelt")) == of_garden
    assert headlines(visitor.visit(f"/neues/?ortsteil={east.id}")) == of_garden
    assert headlines(visitor.visit(f"/neues/?team={garden.id}")) == of_garden
    assert headlines(visitor.visit(f"/neues/?team={bikes.id}"))[0] == "Protokoll: Gesamttreffen"
    assert len(headlines(visitor.visit("/neues/?thema=Unsinn&team=999&ortsteil=x"))) == 6
    fragment = visitor.visit("/neues/?thema=Umwelt", target="news-list")
    assert headlines(fragment) == of_garden
    assert "Dazu gibt es noch nichts Neues" in visitor.visit("/neues/?thema=Sport/Bewegung").text


def test_pages_follow_each_other_without_gap_or_repetition(visitor, garden, cem):
    with clock.at(datetime(2026, 4, 1, 12)):  # all in the same moment
        for number in range(45):
            add_status(garden, text=f"Beet {number} steht.", by=cem)
    db.session.commit()
    seen, path = [], "/neues/"
    while path:
        page = visitor.visit(path)
        seen += [each.text for each in page.select(".timeline .text")]
        following = page.select_one("a[rel=next]")
        path = following["href"] if following else ""
    assert len(seen) == len(set(seen)) == 47
    assert visitor.visit("/neues/?vor=unsinn").select(".timeline > li")


def test_the_feed_is_valid_atom(visitor, garden, bikes):
    feed = read_feed(visitor)
    assert feed.tag == f"{{{feeds.ATOM}}}feed"
    for part in [feed, *feed.findall("a:entry", NAMES)]:  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            assert part.findtext(f"a:{name}", namespaces=NAMES), name
        moment = datetime.fromisoformat(part.findtext("a:updated", namespaces=NAMES))
        assert moment.tzinfo
    ids = [each.text for each in feed.iter(f"{{{feeds.ATOM}}}id")]
    assert len(ids) == len(set(ids)) == 5
    assert all(each.startswith("tag:") for each in ids)
    assert feed.findtext("a:author/a:name", namespaces=NAMES)
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", NAMES)}
    assert links["self"].endswith("/neues/feed.atom")
    assert links["alternate"].endswith("/neues/")
    moments = [each.text for each in feed.iter(f"{{{feeds.ATOM}}}published")]
    assert moments == sorted(moments, reverse=True)


def test_ids_stay_when_more_is_told(visitor, garden, cem):
    path = "a:entry/a:id"
    before = {each.text for each in read_feed(visitor).findall(path, NAMES)}
    add_status(garden, text="Es wächst.", by=cem)
    db.session.commit()
    after = {each.text for each in read_feed(visitor).findall(path, NAMES)}
    assert before < after


def test_hostile_texts_stay_texts(app, visitor, garden):
    db.session.execute(
        insert(StatusEntry).values(team_id=garden.id, text=HOSTILE.replace("\u0000", ""))
    )
    garden.name = HOSTILE.replace("\u0000", "")
    db.session.commit()
    feed = read_feed(visitor)
    content = feed.findtext("a:entry/a:content", namespaces=NAMES)
    assert "&lt;script&gt;" in content
    assert "<script>" not in content
    assert "عربي" in content
    assert not set("\u0000\u0008\ufffe") & set("".join(feed.itertext()))
    visitor.visit("/neues/")


def test_feeds_of_team_topic_and_district_are_found_by_browsers(visitor, garden, east):
    page = visitor.visit(f"/neues/?ortsteil={east.id}&thema=Umwelt")
    link = page.select_one("link[rel=alternate][type='application/atom+xml']")
    feed = read_feed(visitor, "?" + link["href"].partition("?")[2])
    assert feed.findtext("a:title", namespaces=NAMES) == link["title"]
    assert "Reudnitz" in link["title"]
    link = visitor.visit(f"/teams/{garden.id}").select_one("link[rel=alternate]")
    assert len(read_feed(visitor, "?" + link["href"].partition("?")[2])) > 4


def test_a_reader_who_has_it_gets_nothing_again(visitor, garden, cem):
    first = visitor.get("/neues/feed.atom")
    again = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get("/neues/feed.atom", headers=again).status_code == 304
    add_status(garden, text="Es wächst.", by=cem)
    db.session.commit()
    assert visitor.get("/neues/feed.atom", headers=again).status_code == 200


def test_an_empty_portal_has_an_empty_feed(visitor):
    assert read_feed(visitor).findtext("a:updated", namespaces=NAMES)
    assert "noch nichts Neues" in visitor.visit("/neues/").text


def test_five_thousand_entries_need_the_same_few_statements(visitor, garden, count_queries):
    rows = [
        {
            "team_id": garden.id,
            "text": f"Tag {n}: Es wächst.",
            "created_at": datetime(2026, 1, 1) + timedelta(minutes=n),
        }
        for n in range(5000)
    ]
    db.session.execute(insert(StatusEntry), rows)
    db.session.commit()
    for path in ("/neues/", "/neues/?thema=Umwelt", f"/neues/feed.atom?team={garden.id}"):
        count_queries.clear()
        assert visitor.get(path).status_code == 200
        assert len(count_queries) <= 4, path


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Kurz.", "Kurz."),
        ("Erster Satz ist lang. Zweiter Satz auch.", "Erster Satz ist lang."),
        ("Ein einziger sehr langer Satz ohne Punkt", "Ein einziger sehr langer Satz …"),
        ("x" * 50, "x" * 30 + " …"),
    ],
)
def test_long_texts_end_with_a_sentence_or_a_word(text, short):
    assert wording.shortened(text, 30) == short


def test_numbers_name_entries_across_kinds(garden, bikes):
    entries = sources.newest(sources.Wanted(), limit=10)
    assert len({entry.number for entry in entries}) == len(entries) == 4
    only = sources.newest(sources.Wanted(numbers=(entries[2].number,)), limit=10)
    assert only == [entries[2]]
