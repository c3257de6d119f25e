"""Tables of the know-how room; its check-lists are a town's seed files."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import db
from portal.offices.models import Office
from portal.teams.models import Team


class TeamOffice(db.Model):
    """An office that has a part in a team's work."""

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    office_id: Mapped[int] = mapped_column(
        ForeignKey("office.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    office: Mapped[Office] = relationship(lazy="raise_on_sql")
