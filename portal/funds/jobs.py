"""Reminders of deadlines. They may run twice or be cut off: the key of what was told decides."""

from datetime import date

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.funds import queries, rules
from portal.funds.models import Fund
from portal.messages.notifications import in_language_of, notify


def remind_due() -> int:
    """Remind of deadlines in six and in two weeks; return how many people were told. Commits."""
    today, told = clock.today(), 0
    for fund in queries.funds_with_deadlines():
        deadline = rules.next_deadline(fund, today)
        stage = rules.stage_of(deadline, today) if deadline else None
        if deadline is None or stage is None:
            continue
        key = f"fund:{fund.id}:{deadline.isoformat()}:{stage}"
        for person in queries.to_remind(fund, key):
            _remind(person, fund, deadline, key)
            told += 1
        db.session.commit()
    return told


def _remind(person: User, fund: Fund, deadline: date, key: str) -> None:
    with in_language_of(person):
        day = format_date(deadline, "long")
        notify(
            person,
            category="coordination" if person.is_coordinator else "ideas",
            key=key,
            subject=_("%(fund)s: Anträge bis %(day)s", fund=fund.name, day=day),
            body=_body(person, fund, day),
            path=f"/foerdertoepfe/{fund.slug}",
            urgent=True,
        )


def _body(person: User, fund: Fund, day: str) -> str:
    text = _(
        "beim Fördertopf „%(fund)s“ müssen Anträge bis zum %(day)s da sein. Betrag: %(amount)s.",
        fund=fund.name,
        day=day,
        amount=fund.amount,
    )
    number = queries.open_requests_of(person)
    if not number:
        return str(text)
    requests = ngettext(
        "Du kümmerst dich gerade um %(num)d Anfrage nach Geld.",
        "Du kümmerst dich gerade um %(num)d Anfragen nach Geld.",
        number,
    )
    return f"{text}\n\n{requests}"
