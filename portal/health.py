"""`/healthz`: whether this process can serve, for load balancers and the operator."""

from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db, limiter


def init_app(app: Flask) -> None:
    """Add the health check; it names what is wrong and nothing about people."""

    @app.get("/healthz")
    @limiter.exempt
    def healthz() -> ResponseReturnValue:
        try:
            db.session.execute(text("SELECT count(*) FROM alembic_version"))
        except SQLAlchemyError as error:
            return {"status": "failing", "database": type(error).__name__}, 503
        return {"status": "ok", "database": db.engine.dialect.name}
