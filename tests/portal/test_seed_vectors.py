"""The shipped vectors belong to the seed texts and the encoders as they are now."""

import numpy as np
from sqlalchemy import select

from matching import Matcher
from portal.extensions import db
from portal.matches.models import IndexEntry
from portal.seeds.vectors import FILE, digest

STALE = "stale: run make vectors"


def test_they_were_made_by_the_installed_encoders():
    with np.load(FILE) as stored:
        assert str(stored["version"]) == Matcher(encoders="auto").encoder_version_, STALE


def test_every_office_has_its_vectors(leipzig):
    with np.load(FILE) as stored:
        known = {bytes(key) for key in stored["digests"].reshape(-1, 16)}
    entries = db.session.scalars(select(IndexEntry).order_by(IndexEntry.id)).all()
    assert len(entries) > 200
    assert all(digest(entry) in known for entry in entries), STALE
