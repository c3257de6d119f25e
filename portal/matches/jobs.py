"""Work that follows a change: encode texts, make suggestions, ask introductions that are due.

Everything here can run twice or be cut off at any point: the tables say what is still to do.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from flask import Response, current_app
from flask.sansio.app import App
from sqlalchemy import and_, or_, select, update

from matching import Matcher
from portal.database import reading
from portal.extensions import db
from portal.matches import following_up, refitting, watch
from portal.matches.index import replica
from portal.matches.introductions import ask_due as _ask_due
from portal.matches.models import IndexEntry
from portal.matches.subjects import Subject
from portal.matches.suggest import suggest_for

BATCH = 50


def init_app(app: App) -> None:
    """Follow up on every request that changed something, before its answer leaves."""
    watch.init_session()

    @app.after_request
    def follow_up(response: Response) -> Response:
        changed = watch.take_changed(db.session())
        try:
            if changed:
                refresh(changed)
        except Exception as error:  # what was sent is kept; the worker comes to it again
            if app.testing:
                raise
            db.session.rollback()
            app.logger.error("suggestions were put off: %s", type(error).__name__)
        return response


def refresh(subjects: Iterable[Subject]) -> None:
    """Encode `subjects` and make their suggestions now; commits."""
    subjects = list(subjects)
    encode(subjects)
    suggest_for(subjects)
    db.session.commit()


def encode(subjects: Iterable[Subject], processes: int = 1) -> int:
    """Store the vectors of `subjects` that have none from the current encoders; commits.

    More than one process pays from about a hundred texts on: each loads the encoders first.

    Encoding takes tens of milliseconds a text, so no transaction is open meanwhile, and a text
    that changed in between keeps waiting.
    """
    index = replica()
    version = index.matcher.encoder_version_
    waiting: list[tuple[int, int, str, str]] = []
    for kind, subject_id in subjects:
        entries = db.session.scalars(
            select(IndexEntry)
            .where(
                IndexEntry.kind == kind,
                IndexEntry.subject_id == subject_id,
                IndexEntry.removed_at.is_(None),
                or_(IndexEntry.encoder_version.is_(None), IndexEntry.encoder_version != version),
            )
            .order_by(IndexEntry.part)
        )
        waiting.extend((entry.id, entry.revision, entry.heading, entry.text) for entry in entries)
    db.session.rollback()
    vectors = _encoded([item[2:] for item in waiting], index.matcher, processes)
    for (entry_id, revision, *_text), vector in zip(waiting, vectors, strict=True):
        unchanged = (IndexEntry.id == entry_id) & (IndexEntry.revision == revision)
        db.session.execute(
            update(IndexEntry)
            .where(unchanged)
            .values(vector=vector, encoder_version=version, revision=watch.next_revision())
        )
    db.session.commit()
    return len(vectors)


def refresh_pending(limit: int = BATCH) -> int:
    """Encode and match what is waiting, oldest first; return how much was done. Commits."""
    with reading():  # the first replica takes seconds to build: nobody may wait for a lock so long
        version = replica().matcher.encoder_version_
        db.session.rollback()
    is_unencoded = or_(IndexEntry.encoder_version.is_(None), IndexEntry.encoder_version != version)
    waiting = db.session.execute(
        select(IndexEntry.kind, IndexEntry.subject_id)
        .where(or_(IndexEntry.is_pending, and_(IndexEntry.removed_at.is_(None), is_unencoded)))
        .order_by(IndexEntry.revision)
        .limit(limit)
    ).all()
    subjects = dict.fromkeys((kind, subject_id) for kind, subject_id in waiting)
    if subjects:
        refresh(subjects)
    return len(waiting)


def ask_due() -> int:
    """Ask both sides of every introduction whose undo time is over; commits."""
    asked = _ask_due()
    db.session.commit()
    return asked


def remind_due() -> int:
    """Remind, close kindly, ask how it went; return how many introductions. Commits each.

    One that cannot be told must not hold up the others: it is tried again with the next run.
    """
    done = 0
    for find, act in following_up.STEPS:
        for introduction_id in find():
            try:
                done += act(introduction_id)
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                if current_app.testing:
                    raise
                name = type(error).__name__  # its text may hold what somebody wrote
                current_app.logger.error("introduction %s: %s", introduction_id, name)
    following_up.forget_addresses()
    db.session.commit()
    return done


def _encoded(texts: Sequence[tuple[str, str]], matcher: Matcher, processes: int) -> Sequence[bytes]:
    if processes == 1 or matcher.encoder_version_ == "none":
        return [matcher.encode(*text) for text in texts]
    start = partial(_start_encoding, matcher.encoders)
    # A forked copy would share this one's database connection.
    with ProcessPoolExecutor(processes, get_context("spawn"), start) as pool:
        return list(pool.map(_encode_elsewhere, texts, chunksize=4))


_elsewhere: list[Matcher] = []


def _start_encoding(encoders: str) -> None:
    _elsewhere.append(Matcher(encoders=encoders).fit([]))


def _encode_elsewhere(text: tuple[str, str]) -> bytes:
    return _elsewhere[0].encode(*text)


def learn() -> bool:
    """Learn from decisions and routings if enough came together; tell whether it is used. Commits.

    What is worse is not taken, see `refitting.refit`; administrators roll back what is.
    """
    if not refitting.is_due():
        return False
    try:
        refit = refitting.refit()
    except (refitting.TooFewDecisions, refitting.NothingNew):
        return False
    db.session.commit()
    return refit.is_used
