"""How addresses are read."""

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from portal.forms import UNSTORABLE

LARGEST = 2**31 - 1  # of a database's integer column; asking for more is an error there


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number that fits the database's integer column, else 404."""

    def __init__(self, map: Map, max: int = LARGEST) -> None:
        super().__init__(map, min=1, max=max)


class Words(UnicodeConverter):
    """`<…>` in an address: what a database can look for, else 404 (PostgreSQL refuses a NUL)."""

    def to_python(self, value: str) -> str:
        """Refuse control characters."""
        if UNSTORABLE.search(value):
            raise ValidationError
        return super().to_python(value)


def row_number(name: str, among: MultiDict[str, str] | None = None) -> int | None:
    """Return the parameter `name` of the address, or of a form, if it can be a row's number."""
    number = (request.args if among is None else among).get(name, type=int)
    return number if number and 0 < number <= LARGEST else None


def init_app(app: Flask) -> None:
    """Let every `<int:…>` be a row's number, and every `<…>` free of control characters."""
    app.url_map.converters |= {"int": RowId, "default": Words, "string": Words}
