"""What the matcher reads between the lines of a profile: times and exclusions, to be confirmed.

A fact read from a sentence filters like one that was ticked, so the person is shown it and decides.
Nothing is taken over unasked; what they did not confirm is not asked again until the text changes.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from matching.exclusions import exclusions
from matching.times import AFTERNOON, EVENING, MORNING, WEEKDAYS, times
from portal.choices import TIMES
from portal.extensions import db
from portal.profiles.actions import note_facts
from portal.profiles.models import Profile

_ON_WEEKDAYS = {
    MORNING: "werktag_vormittag",
    AFTERNOON: "werktag_nachmittag",
    EVENING: "werktag_abend",
}
_AT_WEEKENDS = {
    MORNING: "wochenende_tag",
    AFTERNOON: "wochenende_tag",
    EVENING: "wochenende_abend",
}


@dataclass(frozen=True, slots=True)
class Understood:
    """Facts the texts state and the profile's fields do not hold yet."""

    times: tuple[str, ...] = ()
    rules_out: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.times or self.rules_out)


def understood(profile: Profile) -> Understood:
    """Return what was read from the profile's texts and not asked about yet."""
    text = _texts(profile)
    if not text or profile.facts_digest == _digest(text):
        return Understood()
    named = {
        (_ON_WEEKDAYS if day in WEEKDAYS else _AT_WEEKENDS)[part] for day, part in times(text).named
    }
    known = profile.rules_out.casefold()
    return Understood(
        # Ticked times were chosen with thought; only an empty field is filled.
        times=() if profile.times else tuple(code for code in TIMES if code in named),
        rules_out=tuple(
            clause for clause in dict.fromkeys(exclusions(text)) if clause.casefold() not in known
        ),
    )


def confirm(profile: Profile, confirmed_times: Collection[str], rules_out: Collection[str]) -> None:
    """Take over what the person confirmed of what was read; the rest is not asked again."""
    offered = understood(profile)
    note_facts(
        profile,
        times=[code for code in offered.times if code in confirmed_times],
        rules_out=[clause for clause in offered.rules_out if clause in rules_out],
        digest=_digest(_texts(profile)),
    )
    db.session.flush()


def in_words(found: Understood) -> dict[str, dict[str, object]]:
    """Return the facts as choices of the page: the field's name, then value and label."""
    return {
        "times": {code: _("Du kannst %(when)s.", when=TIMES[code]) for code in found.times},
        "rules_out": {
            clause: _("Du möchtest nicht: „%(clause)s“", clause=clause)
            for clause in found.rules_out
        },
    }


def _texts(profile: Profile) -> str:
    return "\n".join(text for text in (profile.can, profile.cares, profile.learn) if text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
