"""What is counted, on a PostgreSQL."""

import random
import threading

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import book
import figures
import sales_statistics
from shop import CUP, POT, cancelled, item, messages, record, sums
from sales_statistics import connect, count, counting_into, look_at, spread
from settings import read_settings

SALES = """SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), product_id::text, units, revenue, discount, orders
  FROM hourly_sales"""
TOTALS = """SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), units, revenue, discount, orders, cancelled
  FROM hourly_totals"""


class Topic:
    """A topic that is counted batch by batch; offsets go on by themselves."""

    def __init__(self, spark, database):
        self.spark, self.database, self.offset = spark, database, 0

    def bring(self, *values, partition=0):
        batch = figures.decoded(messages(self.spark, values, partition, self.offset))
        self.offset += len(values)
        with connect(self.database) as connection:
            return count(connection, "orders", batch, look_at(batch)).told

    def rows(self, query):
        with connect(self.database) as connection:
            return connection.execute(query).fetchall()

    def figures(self):
        products = {(hour, product): list(its) for hour, product, *its in self.rows(SALES)}
        return products, {hour: list(its) for hour, *its in self.rows(TOTALS)}

    def counted(self):
        [[counted]] = self.rows("SELECT counted::text FROM progress WHERE topic = 'orders'")
        return counted


@pytest.fixture
def topic(spark, database):
    return Topic(spark, database)


def invented(dice, count):
    """Sales and cancellations of several hours, numbered from 1."""
    records = []
    while len(records) < count:
        sold = [its for its in records if its["type"] == "order.completed" and not its.get("isGone")]
        if sold and dice.random() < 0.3:
            sale = dice.choice(sold)
            sale["isGone"] = True
            records.append(cancelled(len(records) + 1, sale))
        else:
            items = [
                item(dice.choice([CUP, POT]), dice.randrange(20_000), dice.randrange(1, 4))
                for _ in range(dice.randrange(1, 4))
            ]
            discount = dice.randrange(1 + sum(its["price"] * its["quantity"] for its in items))
            hour = f"2026-01-0{dice.randrange(1, 3)}T2{dice.randrange(4)}"
            records.append(record(len(records) + 1, items, discount, hour=hour))
    return records


def test_counts_each_once_in_any_order_however_often_it_comes(topic):
    dice = random.Random(1)
    records = invented(dice, 40)
    arriving = records + dice.choices(records, k=40)
    dice.shuffle(arriving)
    while arriving:
        size = dice.randrange(20, 40)
        batch, arriving = arriving[:size], arriving[size:]
        topic.bring(*batch, partition=dice.randrange(3))
    topic.bring(*records)
    assert topic.figures() == sums(records)
    assert topic.counted() == "{[1,41)}"


def test_tells_of_a_batch_and_of_gaps(topic):
    assert topic.bring(record(2), record(5), b"?") == (
        "2 counted, 0 counted before, 1 set aside; up to 5, missing 1, 3-4"
    )
    assert topic.bring(record(1), record(2)) == "1 counted, 1 counted before, 0 set aside; up to 5, missing 3-4"
    assert topic.bring(record(3), record(4)) == "2 counted, 0 counted before, 0 set aside; up to 5, no gap"


def test_notes_when_the_newest_of_it_happened(topic):
    sale = record(1)
    topic.bring(cancelled(2, sale))
    topic.bring(sale)
    [[at]] = topic.rows("SELECT to_char(last_occurred_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') FROM progress")
    assert at == "01-03 00:00"


def test_sets_poison_aside_once_and_counts_its_number_when_it_comes_as_it_should(topic):
    odd = record(1, kind="order.swapped")
    topic.bring(odd, record(2), partition=3)
    topic.offset = 0
    topic.bring(odd, record(2), partition=3)
    assert topic.rows('SELECT topic, "partition", "offset", sequence, reason FROM set_aside') == [
        ("orders", 3, 0, 1, "type is neither order.completed nor order.cancelled")
    ]
    assert topic.counted() == "{[2,3)}"
    topic.bring(record(1))
    assert topic.counted() == "{[1,3)}"


def test_keeps_the_newest_of_what_is_set_aside(topic, monkeypatch):
    monkeypatch.setattr(book, "SET_ASIDE_KEPT", 3)
    topic.bring(*[b"?"] * 5)
    topic.bring(b"\xff")
    assert topic.rows('SELECT "offset" FROM set_aside ORDER BY 1') == [(3,), (4,), (5,)]


def test_keeps_a_category_that_is_not_told_again(topic):
    topic.bring(record(1, [item(category="cups")]))
    topic.bring(record(2, [item(name="Cup")]))
    assert topic.rows("SELECT name, category FROM hourly_sales") == [("Cup", "cups")]


def test_leaves_nothing_of_a_batch_that_fails(topic, monkeypatch):
    topic.bring(record(1))
    before = topic.figures()
    monkeypatch.setattr(book, "standing", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        topic.bring(record(2))
    assert (topic.figures(), topic.counted()) == (before, "{[1,2)}")


def test_has_two_jobs_that_get_the_same_at_once_count_it_once(topic, spark):
    batch = figures.decoded(messages(spark, [record(1), record(2)]))
    seen = look_at(batch)
    told = []

    def job():
        with connect(topic.database) as connection:
            told.append(count(connection, "orders", batch, seen).told)

    with connect(topic.database) as first:
        book.lock(first, "orders")
        second = threading.Thread(target=job)
        second.start()
        count(first, "orders", batch, seen)
    second.join()
    assert told == ["0 counted, 2 counted before, 0 set aside; up to 2, no gap"]
    assert topic.figures() == sums([record(1), record(2)])


def test_refuses_another_topic_at_the_start_and_later(topic):
    topic.bring(record(1))
    for opens in (book.migrate, book.lock):
        with connect(topic.database) as connection, pytest.raises(book.OtherTables, match="needs another database"):
            opens(connection, "others")
    assert topic.counted() == "{[1,2)}"


def test_takes_sums_that_no_number_holds(topic):
    most = record(1, [item(price=2**53 - 1)])
    topic.bring(*[{**most, "sequence": sequence} for sequence in range(1, 1_026)])
    topic.bring({**most, "sequence": 1_026}, record(1_027, [item(POT)]))
    assert topic.rows("SELECT revenue FROM hourly_sales ORDER BY 1") == [(12_000,), (2**63 - 1,)]
    assert topic.counted() == "{[1,1028)}"


def test_migrates_again_and_at_once(topic):
    topic.bring(record(1))

    def migrate():
        with connect(topic.database) as connection:
            book.migrate(connection, "orders")

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert topic.counted() == "{[1,2)}"


def test_lets_a_reader_read_and_nothing_more(topic):
    may = "SELECT has_table_privilege('pg_monitor', name, %s) FROM unnest(%s::text[]) AS name"
    tables = ["hourly_sales", "hourly_totals", "progress", "set_aside"]
    with connect(topic.database) as connection:
        for _ in range(2):
            book.migrate(connection, "orders", "pg_monitor")
        assert connection.execute(may, ("SELECT", tables)).fetchall() == [(True,)] * 4
        assert connection.execute(may, ("INSERT, UPDATE, DELETE, TRUNCATE", tables)).fetchall() == [(False,)] * 4


def test_says_that_a_database_has_other_tables(topic):
    with connect(topic.database) as connection:
        connection.execute("ALTER TABLE hourly_sales DROP COLUMN discount")
    with connect(topic.database) as connection, pytest.raises(book.OtherTables, match="a database of their own"):
        book.migrate(connection, "orders")


@pytest.mark.parametrize("state", ["08006", "25006", "25P03", "25P04"])
def test_waits_for_a_database_that_is_away(monkeypatch, state):
    gone = psycopg.errors.lookup(state)
    pauses, answers = [], iter([gone("gone\nmore"), gone("gone"), "told"])
    monkeypatch.setattr(sales_statistics.time, "sleep", pauses.append)

    def work():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert sales_statistics.patiently(work) == "told"
    assert pauses == [1, 2]


def test_waits_for_no_other_answer_of_a_database():
    def work():
        raise psycopg.errors.InsufficientPrivilege("permission denied")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sales_statistics.patiently(work)


def test_counts_a_batch_after_a_server_that_was_demoted_and_holds_no_transaction_while_kafka_is_read(
    topic, spark, monkeypatch
):
    begun = []

    def note(name, work):
        return lambda *args: (begun.append(name), work(*args))[1]

    def first_to_a_replica(url):
        read_only = make_conninfo(url, options="-c default_transaction_read_only=on")
        return connect(url if "connect" in begun[:-1] else read_only)

    monkeypatch.setattr(sales_statistics, "look_at", note("read", look_at))
    monkeypatch.setattr(sales_statistics, "connect", note("connect", first_to_a_replica))
    monkeypatch.setattr(sales_statistics, "PAUSES_S", (0,))
    settings = read_settings(["--kafka", "kafka:9092", "--database", topic.database, "--batch-max", "1"], {})
    counting_into(settings)(messages(spark, [record(1)]), 0)
    assert begun == ["read", "connect", "connect"]
    assert topic.figures() == sums([record(1)])


def test_holds_some_rows_of_a_batch_at_a_time(topic, spark, monkeypatch):
    monkeypatch.setattr(book, "STATEMENT_ROWS", 3)
    monkeypatch.setattr(sales_statistics, "PARTITION_ROWS", 4)
    execute, rows = psycopg.Connection.execute, []

    def note(connection, query, params=None, **more):
        rows.append((query, max((len(its) for its in params or () if isinstance(its, list)), default=0)))
        return execute(connection, query, params, **more)

    monkeypatch.setattr(psycopg.Connection, "execute", note)
    products = [f"01920000-0000-7000-8000-00000000000{digit}" for digit in range(9)]
    records = [record(1, [item(product) for product in products]), record(2, [item(products[0])])]
    topic.bring(*records, *[b"?"] * 7)
    assert topic.figures() == sums(records)
    assert topic.rows("SELECT count(*) FROM set_aside") == [(7,)]
    assert [most for query, most in rows if query == book.ADD_SALES] == [3, 3, 3]
    assert [most for query, most in rows if query == book.SET_ASIDE] == [3, 3, 1]
    assert len([query for query, _ in rows if query == book.FORGET_OLDEST]) == 1
    few = spark.range(5)
    assert spread(few, 4, "id") is few
    assert spread(few, 9, "id").rdd.getNumPartitions() == 3
