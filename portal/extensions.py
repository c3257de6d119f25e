"""The Flask extensions, created once and bound to the app in `create_app`."""

from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData, Table, event
from sqlalchemy.orm import DeclarativeBase

# Named constraints everywhere, so that migrations can change them on both databases.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every model."""

    metadata = MetaData(naming_convention=NAMES)


@event.listens_for(Table, "after_parent_attach")
def never_reuse_ids(table: Table, _metadata: MetaData) -> None:
    """Keep SQLite from giving a new row the id of the newest one that was deleted.

    Mails, notifications, the audit log and links name rows by their id.
    """
    table.dialect_options["sqlite"]["autoincrement"] = True


# Parameters hold what people wrote: they are never part of an error that is logged.
db = SQLAlchemy(model_class=Base, engine_options={"hide_parameters": True})
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)
compress = Compress()
