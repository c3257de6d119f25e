"""The demo's referrals: two bodies with links, what they handed in, what was passed on."""

from datetime import timedelta

from portal.ideas.models import Idea
from portal.referrals.actions import add_referrer, answer, pass_on, refer
from portal.referrals.wording import CONSENT
from portal.seeds.demo.past import Calendar, rows
from portal.seeds.demo.people import STAFF_SINCE, People, coordinator


def add_referrals(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Let bodies hand in ideas that came without an account, and pass some on."""
    bodies = {}
    for row in rows("referrals", "body"):
        with when.at(STAFF_SINCE, row["key"]):
            bodies[row["key"]] = add_referrer(
                row["name"],
                row["kind"],
                email=row.get("email"),
                wants_mail=row["wants_mail"],
                confirmed=True,
            )
    days = {row["key"]: row["days_ago"] for row in rows("ideas", "idea")}
    for row in rows("referrals", "handed_in"):
        idea = ideas[row["idea"]]
        with when.at(days[row["idea"]], row["idea"]):
            consent = str(CONSENT) if idea.contact_email else None
            refer(bodies[row["body"]], idea, note=row["note"], consent=consent)
    for number, row in enumerate(rows("referrals", "passed_on")):
        idea, by = ideas[row["idea"]], coordinator(people, number)
        with when.at(row["days_ago"], row["idea"]):
            handover = pass_on(
                idea,
                to_name=row["to"],
                referrer=None,
                passed_on=when.today - timedelta(row["days_ago"]),
                note=row["note"],
                contact_agreed=False,
                by=by,
            )
        if "answer" in row:
            with when.at(row["answered"], row["idea"]):
                answer(handover, idea, code=row["answer"], text=row["text"], by=by)
