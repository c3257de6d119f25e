"""Keep the candidates of a `LargeMatcher` in PostgreSQL, with the extension pgvector 0.8 or newer.

One table: what a document says, all that comparing it takes as bytes, its whole-text vector with an
HNSW index, its words as hashed columns with a GIN index. Several processes may read and write it at
once; a deleted row leaves both indexes in the same transaction.

References
----------
Y. A. Malkov, D. A. Yashunin, "Efficient and Robust Approximate Nearest Neighbor Search Using
Hierarchical Navigable Small World Graphs", IEEE TPAMI 2020.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import LiteralString, cast
from zlib import crc32

import numpy as np
import psycopg
from psycopg import errors, sql

from matching.documents import Document
from matching.encoders import Vectors
from matching.entries import FORMAT, Entry
from matching.facts import RULES
from matching.index import Matcher
from matching.store import StoreError, id_of, key_of

NEAREST = 200  # by vector
_BY_WORDS = 100
# Vectors are written in ten thousandths: whole numbers are quick to write and read, and the order
# of inner products does not depend on the unit.
_UNIT = 10_000

_TABLE = """
CREATE TABLE {fresh} (
    id text PRIMARY KEY,
    kind text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    language text,
    packed bytea STORAGE EXTERNAL NOT NULL,
    words integer[] NOT NULL,
    vector halfvec({dim}) NOT NULL
)"""
# Indexes are made after the rows, much faster than row by row. Statistics let the planner sort all
# texts of a rare kind instead of passing by thousands of others.
_INDEXES = (
    "CREATE INDEX ON {fresh} USING hnsw (vector halfvec_ip_ops)",
    "CREATE INDEX ON {fresh} USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ON {fresh} (kind)",
    "ANALYZE {fresh}",
)
_COLUMNS = "id, kind, title, text, language, packed, words, vector"
_PUT = """
INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET ({columns}) = ROW (EXCLUDED.*)"""
_CANDIDATES = """
WITH near AS MATERIALIZED (
    SELECT id FROM {table}
    WHERE {filters}
    ORDER BY vector <#> %(vector)s::halfvec LIMIT {nearest}
), named AS MATERIALIZED (
    SELECT id
    FROM unnest(%(words)s::integer[], %(worth)s::real[]) AS asked (word, worth)
    JOIN {table} ON words @> ARRAY[word]
    WHERE {filters}
    GROUP BY id ORDER BY sum(worth) / sqrt(cardinality(words)) DESC LIMIT {by_words}
)
SELECT id, kind, title, text, language, packed FROM {table}
WHERE id IN (SELECT id FROM near UNION SELECT id FROM named) ORDER BY id"""
_FILTERS = """
(%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s)) AND id <> ALL (%(exclude)s::text[])"""


_Row = tuple[str, str, str, str, str | None, bytes]


class PgvectorCandidates:
    """A `CandidateSource` in one table of PostgreSQL.

    Parameters
    ----------
    connection : psycopg.Connection
        Used by one thread at a time. Transactions are yours: without one (autocommit) every call
        has its own, within one a removed text is gone when you commit.
    matcher : Matcher
        The fitted matcher of the `LargeMatcher`.
    table : str, default="matching_texts"
        Name of the table; `fill` makes it.
    """

    def __init__(
        self, connection: psycopg.Connection, matcher: Matcher, table: str = "matching_texts"
    ) -> None:
        self._connection, self._table = connection, table
        self._dim = matcher.vectorizer.width
        counts = json.dumps(matcher.parts()[0].splitter_.counts_, sort_keys=True)
        # weights are not in it: they count on the side of the query
        made_by = matcher.features_version, matcher.vectorizer.space.version
        self._stamp = "/".join([str(FORMAT), RULES, *made_by, f"{crc32(counts.encode()):08x}"])

    def fill(self, entries: Iterable[Entry]) -> None:
        """Keep `entries` instead of everything kept before.

        Other processes find the old texts until the new ones are complete, and wait with writing.

        Raises
        ------
        StoreError
            If the server lacks pgvector.
        """
        with self._transaction():
            try:
                self._execute("CREATE EXTENSION IF NOT EXISTS vector")
            except (errors.UndefinedFile, errors.FeatureNotSupported) as error:
                raise StoreError("PostgreSQL lacks pgvector (postgresql-…-pgvector)") from error
            if self._found_stamp() is not None:
                self._execute("LOCK TABLE {table} IN EXCLUSIVE MODE")
            self._execute(_TABLE)
            copy = self._sql("COPY {fresh} ({columns}) FROM STDIN")
            with self._connection.cursor() as cursor, cursor.copy(copy) as rows:
                for entry in entries:
                    rows.write_row(self._row(entry))
            for statement in _INDEXES:
                self._execute(statement)
            self._execute("COMMENT ON TABLE {fresh} IS {stamp}")
            self._execute("DROP TABLE IF EXISTS {table}")
            self._execute("ALTER TABLE {fresh} RENAME TO {table}")

    def put(self, entry: Entry) -> None:
        """Keep one more entry; the next search finds it. An existing id is replaced."""
        with self._transaction():
            self._check()
            self._execute(_PUT, self._row(entry))

    def remove(self, id: Hashable) -> None:
        """Forget an entry with all that was made of it; unknown ids are no error."""
        with self._transaction():
            self._execute("DELETE FROM {table} WHERE id = %s", [_key(id)])

    def get(self, id: Hashable) -> Entry | None:
        """Return the entry of an id."""
        with self._transaction():
            self._check()
            where = "SELECT id, kind, title, text, language, packed FROM {table} WHERE id = %s"
            found = self._execute(where, [_key(id)]).fetchone()
        return self._entry(found) if found else None

    def candidates(
        self,
        vector: Vectors,
        words: Sequence[tuple[int, float]],
        kinds: Collection[str] | None,
        exclude: Collection[Hashable],
    ) -> list[Entry]:
        """Return the best few hundred entries of `kinds` whose id is not in `exclude`.

        Raises
        ------
        StoreError
            If the table was filled with another matcher, or never.
        """
        values = {
            "vector": _halfvec(vector),
            "words": [word for word, _ in words],
            "worth": [worth for _, worth in words],
            "kinds": None if kinds is None else list(kinds),
            "exclude": [_key(id) for id in exclude],
        }
        with self._transaction():
            self._check()
            # as many as wanted in one go; more as long as filters take some away
            self._execute(f"SET LOCAL hnsw.ef_search = {NEAREST}")
            self._execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
            found = self._execute(_CANDIDATES, values).fetchall()
        return [self._entry(row) for row in found]

    def _transaction(self) -> AbstractContextManager[object]:
        # psycopg begins one by itself unless the connection commits every statement
        return self._connection.transaction() if self._connection.autocommit else nullcontext()

    def _check(self) -> None:
        found = self._found_stamp()
        if found != self._stamp:
            made = f"was made by {found}" if found else "is missing"
            raise StoreError(f"table {self._table} {made}: fill it with this matcher")

    def _found_stamp(self) -> str | None:
        comment = "SELECT obj_description(to_regclass({quoted}), 'pg_class')"
        row = self._execute(comment).fetchone()
        return row[0] if row else None

    def _execute(
        self, statement: LiteralString, values: Mapping[str, object] | Sequence[object] = ()
    ) -> psycopg.Cursor:
        cursor = self._connection.cursor(binary=True)
        # planned anew each time: how many rows pass the filters depends on the values
        return cursor.execute(self._sql(statement), values or None, prepare=False)

    def _sql(self, statement: LiteralString) -> sql.Composed:
        return sql.SQL(statement).format(
            table=sql.Identifier(self._table),
            fresh=sql.Identifier(f"{self._table}_fresh"),
            quoted=sql.Literal(sql.Identifier(self._table).as_string(self._connection)),
            stamp=sql.Literal(self._stamp),
            dim=sql.Literal(self._dim),
            columns=sql.SQL(_COLUMNS),
            filters=sql.SQL(_FILTERS),
            nearest=sql.Literal(NEAREST),
            by_words=sql.Literal(_BY_WORDS),
        )

    def _row(self, entry: Entry) -> tuple[object, ...]:
        document = entry.document
        assert entry.vector is not None
        assert entry.words is not None
        return (
            _key(document.id),
            document.kind,
            document.title.replace("\0", ""),  # PostgreSQL takes none
            document.text.replace("\0", ""),
            document.language,
            entry.packed,
            entry.words.tolist(),
            _halfvec(entry.vector),
        )

    def _entry(self, row: Sequence[object]) -> Entry:
        key, kind, title, text, language, packed = cast(_Row, row)
        document = Document(id_of(json.loads(key)), kind, title, text, language)
        return Entry(document, packed)


def _key(id: Hashable) -> str:
    return json.dumps(key_of(id), ensure_ascii=False)


def _halfvec(row: Vectors) -> str:
    return str(np.rint(row * _UNIT).astype(int).tolist())
