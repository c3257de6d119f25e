"""What a WSGI server loads: `gunicorn portal.wsgi:app`."""

import threading

from flask import Flask

from portal import create_app
from portal.extensions import db
from portal.matches.index import replica


def _warm(app: Flask) -> None:
    """Build the search index beside the first requests, so that nobody waits for it later."""
    with app.app_context():
        try:
            replica()
        except Exception:  # an empty database before `portal db upgrade`: the first search tells
            app.logger.warning("the search index could not be built yet", exc_info=True)
        finally:
            db.session.remove()


app = create_app()
threading.Thread(target=_warm, args=(app,), name="warm-index", daemon=True).start()
