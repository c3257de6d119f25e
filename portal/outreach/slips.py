"""The slip somebody takes home: claim code, and the way back as a QR code."""

from dataclasses import dataclass

import segno
from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from portal.ideas.letters import progress_url
from portal.ideas.models import Idea


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on it; the code is known in plain only right after it was made."""

    idea: Idea
    code: str | None
    address: str
    drawing: Markup


def slip_of(idea: Idea, code: str | None) -> Slip:
    """Return the slip of an idea."""
    drawing = segno.make(progress_url(idea), error="m", micro=False).svg_inline(
        scale=4,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
        title=_("QR-Code: führt zu deiner Idee"),
    )
    address = f"{current_app.config['PUBLIC_URL']}/abholen".partition("://")[2]
    return Slip(idea, code, address, Markup(drawing))
