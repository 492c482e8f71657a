"""Running sales statistics from the shop's records, see docs/data-platform.md.

Reads the topic with Spark Structured Streaming and keeps hourly figures in PostgreSQL. Every record counts once: its
number, which has no gap and is the topic's alone, is noted in the transaction that changes the figures. So nothing
depends on Spark's checkpoint, on partitions, or on the order in which records come.
"""

import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import psycopg
from psycopg.rows import tuple_row
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.streaming import StreamingQuery

import book
import figures
from failures import explain, java_text
from settings import Settings, Unfit, kafka_options, parser, read_settings

PAUSES_S = (1, 2, 5, 10, 30)
# What a server that was demoted answers, and one that gave up a transaction: psycopg counts these as errors of ours.
AWAY = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.TransactionTimeout,
)
# A database whose machine is gone says nothing: a connection is given up after a minute.
UNANSWERED = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# Java holds a partition whole while it is written: so many lines of orders are 11 MB, as many set aside 80 MB.
PARTITION_ROWS = 10_000

T = TypeVar("T")

log = logging.getLogger("statistics")


class Seen(NamedTuple):
    """What a batch has, before any of it is counted."""

    # Those of its records, each once.
    numbers: list[int]
    records: int
    # Of all records.
    lines: int
    aside: int


class Counted(NamedTuple):
    """What became of a batch."""

    size: int
    # For the log.
    told: str


def spark_session(scratch: Path, looks_every_s: int = 1) -> SparkSession:
    """One that keeps in this folder what does not fit into memory; what is there already is thrown away.

    Where a topic has nothing new, it is looked at again after so many seconds.
    """
    # Who is killed leaves it behind.
    shutil.rmtree(scratch, ignore_errors=True)
    return (
        SparkSession.builder.appName("sales statistics")
        .config("spark.local.dir", str(scratch.resolve()))
        .config("spark.sql.session.timeZone", "UTC")
        # The figures of a batch are few: plans of their size need no second thoughts.
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.streaming.minBatchesToRetain", "10")
        .config("spark.sql.streaming.pollingDelay", f"{looks_every_s}s")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )


def messages_of(spark: SparkSession, settings: Settings) -> DataFrame:
    return (
        spark.readStream.format("kafka")
        .options(**kafka_options(settings))
        .option("subscribe", settings.topic)
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", settings.batch_max)
        # What the topic has lost shows as a gap in the numbers, and can be sent again.
        .option("failOnDataLoss", "false")
        .load()
    )


def connect(database: str) -> psycopg.Connection:
    return psycopg.connect(
        database, application_name="jangteo-statistics", row_factory=tuple_row, connect_timeout=10, **UNANSWERED
    )


def look_at(messages: DataFrame) -> Seen:
    """Reads a batch of decoded messages."""
    is_good = f.col("reason").isNull()
    lines = f.coalesce(f.sum(f.when(is_good, f.size("items"))), f.lit(0))
    numbers = f.collect_set(f.when(is_good, f.col("sequence")))
    return Seen(*messages.agg(numbers, f.count_if(is_good), lines, f.count_if(~is_good)).first())


def spread(rows: DataFrame, count: int, *by: str) -> DataFrame:
    """In partitions by these columns, of some PARTITION_ROWS each; few rows stay as they are."""
    return rows if count <= PARTITION_ROWS else rows.repartition(-(-count // PARTITION_ROWS), *by)


def count(connection: psycopg.Connection, topic: str, messages: DataFrame, seen: Seen) -> Counted:
    """Counts a batch of decoded messages, of which that was seen, in the connection's transaction."""
    book.lock(connection, topic)
    ranges = book.new_among(connection, topic, seen.numbers)
    counted = sum(last - first + 1 for first, last in ranges)
    if ranges:
        fresh = figures.good(messages)
        if counted < len(seen.numbers):
            fresh = figures.within(fresh, ranges)
        if len(seen.numbers) < seen.records:
            fresh = figures.once(fresh)
        totals = figures.by_hour(fresh).select(*book.TOTALS, "occurred_ms").collect()
        lines = spread(figures.lines_of(fresh), seen.lines, "hour", "product_id")
        book.add(
            connection,
            topic,
            ranges,
            sales=figures.by_product(lines).select(*book.SALES).toLocalIterator(),
            totals=[row[:-1] for row in totals],
            last_occurred_ms=max(row.occurred_ms for row in totals),
        )
    if seen.aside > 0:
        aside = spread(figures.poison(messages), seen.aside, "partition", "offset")
        book.put_aside(connection, topic, aside.select(*book.ASIDE).toLocalIterator())
    highest, gaps = book.standing(connection, topic)
    told = (
        f"{counted} counted, {len(seen.numbers) - counted} counted before, {seen.aside} set aside; "
        f"up to {highest}, {'no gap' if gaps is None else f'missing {gaps}'}"
    )
    return Counted(seen.records + seen.aside, told)


def patiently(work: Callable[[], T]) -> T:
    """Does something again for as long as the database is away."""
    failures = 0
    while True:
        try:
            return work()
        except AWAY as error:
            pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
            failures += 1
            log.warning("the database is away, again in %s s: %s", pause_s, str(error).split("\n")[0])
            time.sleep(pause_s)


def rest_s(settings: Settings, size: int, took_s: float) -> float:
    """How long to wait for the next batch: where more than half of the most came, more has piled up, and it is not waited
    for."""
    return 0 if 2 * size > settings.batch_max else max(0, settings.interval_seconds - took_s)


def counting_into(settings: Settings) -> Callable[[DataFrame, int], None]:
    """What is done with each batch: all of it, or, when it fails, nothing and then again."""

    def once(messages: DataFrame, seen: Seen) -> Counted:
        with connect(settings.database) as connection:
            return count(connection, settings.topic, messages, seen)

    def count_batch(batch: DataFrame, batch_id: int) -> None:
        began = time.monotonic()
        messages = figures.decoded(batch).persist()
        try:
            # Kafka takes its time: nobody waits in a transaction for it.
            seen = look_at(messages)
            size, told = patiently(lambda: once(messages, seen))
        finally:
            messages.unpersist()
        took_s = time.monotonic() - began
        log.info("batch %s: %s; %.1f s", batch_id, told, took_s)
        time.sleep(rest_s(settings, size, took_s))

    return count_batch


def start_counting(spark: SparkSession, settings: Settings) -> StreamingQuery:
    """Counts from now on, from where the checkpoint says, or from the first record that the topic has."""
    return (
        messages_of(spark, settings)
        .writeStream.foreachBatch(counting_into(settings))
        .option("checkpointLocation", str(Path(settings.checkpoint, settings.topic)))
        .start()
    )


def run(settings: Settings) -> None:
    with connect(settings.database) as connection:
        book.migrate(connection, settings.topic, settings.reader)
    spark = spark_session(Path(settings.checkpoint, settings.topic, "scratch"), settings.interval_seconds)
    spark.sparkContext.setLogLevel("WARN")
    query = start_counting(spark, settings)
    log.info("counting topic %s of %s", settings.topic, settings.kafka)
    query.awaitTermination()


def main() -> int:
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    settings = None
    try:
        settings = read_settings(sys.argv[1:], os.environ)
        run(settings)
    except Unfit as error:
        parser().error(str(error))
    except (psycopg.Error, book.OtherTables) as error:
        log.error("the database: %s", str(error).split("\n")[0])
    except StreamingQueryException as error:
        reason = explain(java_text(error), settings)
        log.error("%s. The job ends, and goes on where it stopped when it is started again", reason)
    return 1


if __name__ == "__main__":
    sys.exit(main())
