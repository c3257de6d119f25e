"""How addresses are read."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number that fits the database's integer column, else 404."""

    def __init__(self, map: Map, max: int = 2**31 - 1) -> None:
        super().__init__(map, min=1, max=max)


def init_app(app: Flask) -> None:
    """Let every `<int:…>` of `app` be a row's number."""
    app.url_map.converters["int"] = RowId
