"""The demo's money: an invented fund whose deadline is near, who marked it, who asked for some."""

from datetime import timedelta

from sqlalchemy import select

from portal.coordination.actions import request_support
from portal.extensions import db
from portal.funds.actions import add_fund, mark
from portal.funds.loading import load_funds
from portal.funds.models import Fund
from portal.ideas.models import Idea
from portal.seeds.demo.past import Calendar, rows
from portal.seeds.demo.people import People


def add_money(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Add the town's funds and the demo's own, marks and requests for money."""
    load_funds()
    for row in rows("money", "fund"):
        with when.at(row["days_ago"], row["name"]):
            closes = [(when.today + timedelta(row["closes_in"])).strftime("%m-%d")]
            add_fund(
                name=row["name"],
                amount=row["amount"],
                area=row["area"],
                who=row["who"],
                who_codes=row["who_codes"],
                topics=row["topics"],
                words=row["words"],
                deadline=row["deadline"],
                closes=closes,
                source_url=row["source"],
            )
    for row in rows("money", "mark"):
        fund = db.session.scalars(select(Fund).where(Fund.name == row["fund"])).one()
        with when.at(row["days_ago"], row["by"]):
            mark(fund, people[row["by"]])
    for row in rows("money", "request"):
        with when.at(row["days_ago"], row["idea"]):
            request_support(
                ("idea", ideas[row["idea"]].id),
                type="geld",
                text=row["text"],
                owner=people[row["by"]],
                due_on=when.today + timedelta(row["due_in"]),
                by=people[row["by"]],
            )
