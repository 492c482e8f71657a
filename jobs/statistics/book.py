"""The tables of the figures, and what is written there: a batch in one transaction, or nothing of it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import psycopg
from psycopg import sql

from figures import SUM_MOST

SET_ASIDE_KEPT = 10_000
# Of a statement: such a row has 8 KB at the most, and is held here three times over.
STATEMENT_ROWS = 2_000
# Any number will do as long as everybody who migrates takes the same.
MIGRATION_LOCK = 7_246_392

TABLES = """
CREATE TABLE IF NOT EXISTS hourly_sales (
  hour timestamptz NOT NULL,
  product_id uuid NOT NULL,
  name text NOT NULL,
  category text NOT NULL DEFAULT '',
  units bigint NOT NULL,
  revenue bigint NOT NULL,
  discount bigint NOT NULL,
  orders bigint NOT NULL,
  PRIMARY KEY (hour, product_id)
);
CREATE TABLE IF NOT EXISTS hourly_totals (
  hour timestamptz PRIMARY KEY,
  units bigint NOT NULL,
  revenue bigint NOT NULL,
  discount bigint NOT NULL,
  orders bigint NOT NULL,
  cancelled bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS progress (
  topic text PRIMARY KEY,
  counted int8multirange NOT NULL,
  last_occurred_at timestamptz,
  updated_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS set_aside (
  topic text NOT NULL,
  "partition" int NOT NULL,
  "offset" bigint NOT NULL,
  sequence bigint,
  reason text NOT NULL,
  value text,
  at timestamptz NOT NULL,
  PRIMARY KEY (topic, "partition", "offset")
);
"""

READ = """
GRANT CONNECT ON DATABASE {database} TO {reader};
GRANT USAGE ON SCHEMA public TO {reader};
GRANT SELECT ON hourly_sales, hourly_totals, progress, set_aside TO {reader};
"""

ONE_TOPIC = "CREATE UNIQUE INDEX IF NOT EXISTS progress_has_one_topic ON progress ((true))"
OTHER_TOPIC = "SELECT topic FROM progress WHERE topic <> %s"

COLUMNS = "SELECT hour, product_id, name, category, units, revenue, discount, orders FROM hourly_sales LIMIT 0"

# A sum that no bigint holds is the largest: an error would come again with every try of its batch.
PLUS = ",\n  ".join(
    f"{name} = greatest(least(its.{name}::numeric + excluded.{name}, {SUM_MOST}), -{SUM_MOST})"
    for name in ("units", "revenue", "discount")
)

# What each statement takes: a list of each column.
SALES = {
    "hour": "bigint",
    "product_id": "uuid",
    "name": "text",
    "category": "text",
    "units": "bigint",
    "revenue": "bigint",
    "discount": "bigint",
    "orders": "bigint",
}
TOTALS = {name: "bigint" for name in ("hour", "units", "revenue", "discount", "orders", "cancelled")}
ASIDE = {"partition": "int", "offset": "bigint", "sequence": "bigint", "reason": "text", "text": "text"}


def _rows(columns: dict[str, str]) -> str:
    lists = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    names = ", ".join(f'"{name}"' for name in columns)
    return f"unnest({lists}) AS new ({names})"


# In one order, so that whoever else writes these rows waits and no more. Other jobs wait for the lock.
ADD_SALES = f"""
INSERT INTO hourly_sales AS its (hour, product_id, name, category, units, revenue, discount, orders)
SELECT to_timestamp(hour), product_id, name, category, units, revenue, discount, orders FROM {_rows(SALES)}
ORDER BY hour, product_id
ON CONFLICT (hour, product_id) DO UPDATE SET
  name = excluded.name,
  category = CASE excluded.category WHEN '' THEN its.category ELSE excluded.category END,
  {PLUS},
  orders = its.orders + excluded.orders
"""

ADD_TOTALS = f"""
INSERT INTO hourly_totals AS its (hour, units, revenue, discount, orders, cancelled)
SELECT to_timestamp(hour), units, revenue, discount, orders, cancelled FROM {_rows(TOTALS)}
ORDER BY hour
ON CONFLICT (hour) DO UPDATE SET
  {PLUS},
  orders = its.orders + excluded.orders,
  cancelled = its.cancelled + excluded.cancelled
"""

SET_ASIDE = f"""
INSERT INTO set_aside (topic, "partition", "offset", sequence, reason, value, at)
SELECT %s, "partition", "offset", sequence, reason, text, now() FROM {_rows(ASIDE)}
ON CONFLICT DO NOTHING
"""

FORGET_OLDEST = """
DELETE FROM set_aside WHERE (topic, "partition", "offset") IN (
  SELECT topic, "partition", "offset" FROM set_aside ORDER BY at DESC, "offset" DESC OFFSET %s)
"""

NEW_NUMBERS = """
SELECT lower(found), upper(found) - 1 FROM progress CROSS JOIN LATERAL unnest(
  (SELECT range_agg(int8range(number, number, '[]')) FROM unnest(%s::bigint[]) AS number) - counted) AS found
WHERE topic = %s
"""

COUNTED = """
UPDATE progress SET
  counted = counted + (SELECT range_agg(int8range(first, last, '[]'))
    FROM unnest(%s::bigint[], %s::bigint[]) AS its (first, last)),
  last_occurred_at = greatest(last_occurred_at, to_timestamp(%s::float8 / 1000)),
  updated_at = now()
WHERE topic = %s
"""

STANDING = """
SELECT coalesce(upper(counted) - 1, 0),
  (SELECT string_agg(CASE upper(gap) - 1 WHEN lower(gap) THEN lower(gap)::text
       ELSE lower(gap) || '-' || upper(gap) - 1 END, ', ')
     FROM (SELECT gap FROM unnest(int8multirange(int8range(1, upper(counted))) - counted) AS gap LIMIT 5) AS gaps)
FROM progress WHERE topic = %s
"""


class OtherTables(Exception):
    """The database holds something else under the names of the figures' tables, or figures of another topic."""


def migrate(connection: psycopg.Connection, topic: str, reader: str | None = None) -> None:
    """Makes the tables that are missing, and lets a role read them; whoever comes at the same time waits.

    Raises OtherTables.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        connection.execute(TABLES)
        try:
            connection.execute(COLUMNS)
        except psycopg.errors.UndefinedColumn as error:
            raise OtherTables("hourly_sales has other columns: the figures need a database of their own") from error
        _refuse_other_topic(connection, topic)
        connection.execute(ONE_TOPIC)
        if reader is not None:
            names = {"database": connection.info.dbname, "reader": reader}
            roles = {name: sql.Identifier(text) for name, text in names.items()}
            connection.execute(sql.SQL(READ).format(**roles))


def lock(connection: psycopg.Connection, topic: str) -> None:
    """Keeps other jobs from counting this topic until the transaction ends.

    Raises OtherTables where another topic is counted here.
    """
    connection.execute(
        "INSERT INTO progress (topic, counted, updated_at) VALUES (%s, '{}', now()) ON CONFLICT DO NOTHING", (topic,)
    )
    _refuse_other_topic(connection, topic)
    connection.execute("SELECT FROM progress WHERE topic = %s FOR UPDATE", (topic,))


def _refuse_other_topic(connection: psycopg.Connection, topic: str) -> None:
    """Numbers tell apart what one topic has: with a second one the same sale would count twice."""
    found = connection.execute(OTHER_TOPIC, (topic,)).fetchone()
    if found is not None:
        raise OtherTables(f"its figures are of the topic {found[0]}: another topic needs another database")


def new_among(connection: psycopg.Connection, topic: str, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Those of the numbers that were not counted yet, as ranges with both ends included."""
    return connection.execute(NEW_NUMBERS, (list(numbers), topic)).fetchall()


def add(
    connection: psycopg.Connection,
    topic: str,
    ranges: Sequence[tuple[int, int]],
    *,
    sales: Iterable[tuple],
    totals: Iterable[tuple],
    last_occurred_ms: int,
) -> None:
    """Adds what these numbers bring to the figures, and notes them as counted.

    Rows have the columns of SALES and of TOTALS, and are taken as they come.
    """
    for some in _slices(sales):
        connection.execute(ADD_SALES, _columns(some))
    for some in _slices(totals):
        connection.execute(ADD_TOTALS, _columns(some))
    connection.execute(COUNTED, (*_columns(ranges), last_occurred_ms, topic))


def put_aside(connection: psycopg.Connection, topic: str, poisons: Iterable[tuple]) -> None:
    """Keeps what could not be counted, of all of it the newest. Rows have the columns of ASIDE."""
    for some in _slices(poisons):
        connection.execute(SET_ASIDE, (topic, *_columns(some)))
    connection.execute(FORGET_OLDEST, (SET_ASIDE_KEPT,))


def _slices(rows: Iterable[tuple]) -> Iterator[list[tuple]]:
    left = iter(rows)
    while some := list(islice(left, STATEMENT_ROWS)):
        yield some


def _columns(rows: Sequence[tuple]) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)]


def standing(connection: psycopg.Connection, topic: str) -> tuple[int, str | None]:
    """The highest number that was counted, and the first gaps below it."""
    return connection.execute(STANDING, (topic,)).fetchone()
