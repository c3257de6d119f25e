"""The demo's accounts and profiles."""

from sqlalchemy import select

from portal import clock
from portal.accounts.actions import create_user, give_consent
from portal.accounts.demo import DEMO_DOMAIN, DEMO_PASSWORD
from portal.accounts.models import User
from portal.accounts.texts import NEWSLETTER_WORDING
from portal.extensions import db
from portal.profiles.actions import agree_to_matching, save_profile
from portal.profiles.wording import MATCHING_CONSENT
from portal.seeds.demo.past import Calendar, Row, district, plain, rows

People = dict[str, User]
STAFF_SINCE = 1000  # days; longer than anything else in the demo


def add_people(when: Calendar) -> None:
    """Add coordinators, steering member, administrator and all residents with their profiles."""
    for row in rows("accounts", "account"):
        with when.at(STAFF_SINCE, row["key"]):
            _account(row, row["role"])
    for number, row in enumerate(rows("residents", "resident")):
        with when.at(_joined(row), row["key"]):
            user = _account(row, "resident")
            _profile(user, row)
            if number % 3 == 0:
                give_consent(user, "newsletter", str(NEWSLETTER_WORDING))


def known_people() -> People:
    """Return everybody of the demo by key, in the order of the files."""
    listed = [*rows("accounts", "account"), *rows("residents", "resident")]
    by_address = {user.email: user for user in db.session.scalars(select(User))}
    return {row["key"]: by_address[_address(row)] for row in listed}


def coordinator(people: People, number: int) -> User:
    """Return one of the coordinators in turn: the work is shared."""
    listed = [user for user in people.values() if user.has_role("coordinator")]
    return listed[number % len(listed)]


def _account(row: Row, role: str) -> User:
    user = create_user(
        email=_address(row),
        name=row["name"],
        password=DEMO_PASSWORD,
        roles=[role],
    )
    user.confirmed_at = clock.now()
    user.phone = row.get("phone")
    return user


def _profile(user: User, row: Row) -> None:
    agree_to_matching(user, str(MATCHING_CONSENT))
    save_profile(
        user,
        can=plain(row["can"]),
        learn=plain(row["learn"]),
        cares=plain(row["cares"]),
        rules_out=plain(row["rules_out"]),
        times=row["times"],
        languages=row["languages"],
        district=district(row["district"]),
        reach=row["reach"],
        visibility=row.get("visibility", {}),
    )


def _joined(row: Row) -> int:
    """Return how many days ago somebody joined: before their first idea in any case."""
    own = [idea["days_ago"] for idea in rows("ideas", "idea") if idea.get("by") == row["key"]]
    return max([55, *own]) + len(row["can"]) % 40


def _address(row: Row) -> str:
    return row.get("email", row["key"] + DEMO_DOMAIN)
