"""How addresses are read."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # of a database's integer column; asking for more is an error there


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number that fits the database's integer column, else 404."""

    def __init__(self, map: Map, max: int = LARGEST) -> None:
        super().__init__(map, min=1, max=max)


def row_number(name: str) -> int | None:
    """Return the parameter `name` of the address if it can be a row's number."""
    number = request.args.get(name, type=int)
    return number if number and 0 < number <= LARGEST else None


def init_app(app: Flask) -> None:
    """Let every `<int:…>` of `app` be a row's number."""
    app.url_map.converters["int"] = RowId
