"""Every list of the coordinators' day with thousands of open items: few statements."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text

from portal import clock
from portal.coordination.models import NextStep, SupportRequest
from portal.coordination.views import LISTS
from portal.coordination.worklists import PAGE
from portal.extensions import db
from portal.funds.models import Fund
from portal.ideas.models import Idea
from portal.letters.models import Letter
from portal.matches.models import Call, IndexEntry, Introduction, IntroductionSide, Suggestion
from portal.offices.models import Office
from portal.recruiting.models import JoinRequest
from portal.referrals.actions import add_referrer
from portal.referrals.models import Referral
from portal.steering.models import CONFLICTED, AgendaItem, Meeting, Vote
from portal.teams.models import Adoption, Team
from tests.tables import fill

MANY = 5000
AGENDA = 200
MOST_STATEMENTS = 6
STATES = ("silent", "bounced", "answered")


def add_ideas_and_teams(numbers: range, owner_id: int) -> None:
    old = clock.now() - timedelta(days=30)
    idea = {"problem": "Eine Bank fehlt.", "wish": "Eine Bank.", "created_at": old}
    fill(Idea, [
        idea | {"id": n, "title": f"Bank {n}", "initiator_id": owner_id,
                "progress_token": f"t{n}", "claim_code_hash": f"c{n}"}
        for n in numbers
    ])  # fmt: skip
    fill(Team, [
        {"id": n, "name": f"Team {n}", "challenge": "Wir bauen.", "created_at": old}
        for n in numbers
    ])  # fmt: skip
    fill(IndexEntry, [
        {"kind": kind, "subject_id": n, "title": f"{kind} {n}", "text": "Eine Bank.", "revision": n,
         "is_pending": False, "facts": {"owners": [owner_id], "leads": [owner_id]}}
        for kind in ("idea", "team") for n in numbers
    ])  # fmt: skip


def add_proposals(numbers: range, user_id: int, by_id: int) -> None:
    """Half of the suggestions wait for a coordinator, half became introductions with calls."""
    now, first = clock.now(), numbers.start
    pair = {
        "source_kind": "idea", "target_kind": "team", "score": 0.9, "label": "gut",
        "matcher_version": "1", "needs_review": True,
    }  # fmt: skip
    fill(Suggestion, [
        pair | {"id": n, "source_id": n, "target_id": n, "pair_key": f"p{n}", "state": "open",
                "added_by_id": by_id, "note": "Kennt sich aus."}
        for n in numbers
    ])  # fmt: skip
    decided = {"state": "approved", "decided_at": now, "decided_by_id": by_id}
    fill(Suggestion, [
        pair | decided
        | {"id": MANY + n, "source_id": n, "target_id": n % MANY + first, "pair_key": f"q{n}"}
        for n in numbers
    ])  # fmt: skip
    fill(Introduction, [
        {"id": n, "suggestion_id": MANY + n, "asks_from": now, "asked_at": now} for n in numbers
    ])  # fmt: skip
    fill(IntroductionSide, [
        {"id": 2 * n + side, "introduction_id": n, "kind": kind, "subject_id": n,
         "user_id": user_id, "token": f"s{n}-{side}", "channel": "telefon"}
        for n in numbers for side, kind in enumerate(("idea", "team"))
    ])  # fmt: skip
    fill(Call, [{"side_id": 2 * n, "purpose": "ask"} for n in numbers])


def add_work(numbers: range, owner_ids: tuple[int, int], other_id: int) -> None:
    today, now = clock.today(), clock.now()
    work = {"due_on": today, "text": "Anrufen"}
    kinds = ("idea", "team", "office", "person")
    about = [
        {"subject_kind": kinds[n % 4], "subject_id": other_id if n % 4 == 3 else n,
         "owner_id": owner_ids[n % 2]}
        for n in numbers
    ]  # fmt: skip
    fill(NextStep, [work | each for each in about])
    fill(SupportRequest, [work | each | {"type": "geld"} for each in about])
    fill(Adoption, [{"team_id": n, "user_id": other_id, "message": "Ich."} for n in numbers])
    fill(JoinRequest, [
        {"team_id": n, "user_id": other_id, "message": "Ich.", "answer_by": today,
         "escalated_at": now, "cleared_at": now}
        for n in numbers
    ])  # fmt: skip


def add_offices_letters_funds(numbers: range, owner_ids: tuple[int, int]) -> None:
    now, old = clock.now(), clock.today() - timedelta(days=300)
    fill(Office, [
        {"id": n, "slug": f"o{n}", "name": f"Amt {n}", "kind": "amt", "duties": "Pflegt.",
         "source_url": "https://example.org/", "checked_on": old, "evidence": "full",
         "search_key": "amt"}
        for n in numbers
    ])  # fmt: skip
    happened = {"silent": {}, "bounced": {"bounced_at": now}, "answered": {"answered_at": now}}
    same = dict.fromkeys(("bounced_at", "answered_at"))
    fill(Letter, [
        {"idea_id": n, "office_id": n, "template": "bank", "subject": "Bank", "body": "Bank?",
         "owner_id": owner_ids[n % 2], "reply_token": f"{state}{n}", "channel": "post",
         "sent_at": now - timedelta(days=20)} | same | happened[state]
        for state in STATES for n in numbers
    ])  # fmt: skip
    fill(Fund, [
        {"slug": f"f{n}", "name": f"Topf {n}", "amount": "500 Euro", "who": "Alle",
         "deadline": "Jederzeit", "source_url": "https://example.org/", "checked_on": old}
        for n in numbers[:500]
    ])  # fmt: skip


def add_meetings_and_referrals(numbers: range, me_id: int, referrer_id: int) -> None:
    days = count(-MANY // 2)
    fill(Meeting, [
        {"id": n, "area": "ost", "held_on": clock.today() + timedelta(days=next(days))}
        for n in numbers
    ])  # fmt: skip
    fill(AgendaItem, [
        {"id": n, "meeting_id": numbers.start, "idea_id": n, "position": n, "asked": "Ja?"}
        for n in numbers[:AGENDA]
    ])  # fmt: skip
    fill(Vote, [{"item_id": n, "user_id": me_id, "vote": CONFLICTED} for n in numbers[:AGENDA]])
    fill(Referral, [{"referrer_id": referrer_id, "idea_id": n} for n in numbers])


@pytest.fixture
def busy(app, ada, cem, dora) -> None:
    """Thousands of everything, all of it Ada's, half of it Cem's to do and half Dora's."""
    numbers = range(1, MANY + 1)
    referrer = add_referrer("SBB Ost", "beirat", email=None, wants_mail=False, confirmed=True)
    add_ideas_and_teams(numbers, ada.id)
    add_offices_letters_funds(numbers, (cem.id, dora.id))
    add_proposals(numbers, ada.id, dora.id)
    add_work(numbers, (cem.id, dora.id), ada.id)
    add_meetings_and_referrals(numbers, cem.id, referrer.id)
    db.session.execute(text("ANALYZE"))  # as every database in use does from time to time
    db.session.commit()


PAGES = [
    "/koordination/", "/koordination/?wer=alle",
    *(f"/koordination/liste/{name}{who}" for name in LISTS for who in ("", "?wer=alle")),
    "/koordination/ideen", "/koordination/vorschlaege", "/koordination/vorschlaege?seite=100",
    "/koordination/vorschlaege/entschieden", "/koordination/vorschlaege/sammeln?ab=gut",
    "/koordination/vermittlungen/", "/koordination/anrufe", "/koordination/anrufe?seite=100",
    "/koordination/briefe/", *(f"/koordination/briefe/?stand={state}" for state in STATES),
    "/steuerungsteam?team=ost", "/steuerungsteam/sitzungen/1", "/weitergaben/eingang",
    "/weitergaben/eingang?liste=alle", "/foerdertoepfe/pruefen", "/koordination/uebergabe",
]  # fmt: skip


def test_lists_with_thousands_of_items_need_few_statements(as_user, cem, busy, count_queries):
    browser, many = as_user(cem), {}
    for path in PAGES:
        count_queries.clear()
        page = browser.visit(path)
        if len(count_queries) > MOST_STATEMENTS:
            many[path] = len(count_queries)
        if "/liste/" in path:
            assert len(page.select("#worklist article")) == PAGE, path
            assert page.select_one("#worklist a[rel=next]"), path
    assert many == {}
