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
from typing import TypeVar

import psycopg
from psycopg.rows import tuple_row
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

import book
import figures
from settings import Settings, Unfit, kafka_options, parser, read_settings

PAUSES_S = (1, 2, 5, 10, 30)
# A database whose machine is gone says nothing: a connection is given up after a minute.
UNANSWERED = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

T = TypeVar("T")

log = logging.getLogger("statistics")


def spark_session(scratch: Path) -> SparkSession:
    """One that keeps in this folder what does not fit into memory; what is there already is thrown away."""
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


def count(connection: psycopg.Connection, topic: str, messages: DataFrame) -> str:
    """Counts what is new in a batch, in the connection's transaction.

    Returns what the log tells of it.
    """
    book.lock(connection, topic)
    records = figures.records_of(messages)
    numbers = records.agg(f.collect_list("sequence")).first()[0]
    ranges = book.new_among(connection, topic, numbers)
    if ranges:
        fresh = figures.within(records, records.sparkSession.createDataFrame(ranges, "first long, last long"))
        lines = figures.lines_of(fresh).persist()
        try:
            book.add(
                connection,
                topic,
                ranges,
                sales=[row.asDict() for row in figures.by_product(lines).collect()],
                totals=[row.asDict() for row in figures.by_hour(lines).collect()],
                last_occurred_ms=fresh.agg(f.max("occurred_ms")).first()[0],
            )
        finally:
            lines.unpersist()
    poisons = messages.where(f.col("reason").isNotNull())
    aside = [row.asDict() for row in poisons.select("partition", "offset", "sequence", "reason", "text").collect()]
    book.put_aside(connection, topic, aside)
    counted = sum(last - first + 1 for first, last in ranges)
    highest, gaps = book.standing(connection, topic)
    return (
        f"{counted} counted, {len(numbers) - counted} counted before, {len(aside)} set aside; "
        f"up to {highest}, {'no gap' if gaps is None else f'missing {gaps}'}"
    )


def patiently(work: Callable[[], T]) -> T:
    """Does something again for as long as the database is away."""
    failures = 0
    while True:
        try:
            return work()
        except psycopg.OperationalError as error:
            pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
            failures += 1
            log.warning("the database is away, again in %s s: %s", pause_s, str(error).split("\n")[0])
            time.sleep(pause_s)


def counting_into(settings: Settings) -> Callable[[DataFrame, int], None]:
    """What is done with each batch: all of it, or, when it fails, nothing and then again."""

    def once(messages: DataFrame) -> str:
        with connect(settings.database) as connection:
            return count(connection, settings.topic, messages)

    def count_batch(batch: DataFrame, batch_id: int) -> None:
        began = time.monotonic()
        messages = figures.decoded(batch).persist()
        try:
            told = patiently(lambda: once(messages))
        finally:
            messages.unpersist()
        log.info("batch %s: %s; %.1f s", batch_id, told, time.monotonic() - began)

    return count_batch


def run(settings: Settings) -> None:
    with connect(settings.database) as connection:
        book.migrate(connection, settings.topic, settings.reader)
    checkpoint = Path(settings.checkpoint, settings.topic)
    spark = spark_session(checkpoint / "scratch")
    spark.sparkContext.setLogLevel("WARN")
    query = (
        messages_of(spark, settings)
        .writeStream.foreachBatch(counting_into(settings))
        .option("checkpointLocation", str(checkpoint))
        .trigger(processingTime=f"{settings.interval_seconds} seconds")
        .start()
    )
    log.info("counting topic %s of %s", settings.topic, settings.kafka)
    query.awaitTermination()


def main() -> int:
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    try:
        run(read_settings(sys.argv[1:], os.environ))
    except Unfit as error:
        parser().error(str(error))
    except (psycopg.Error, book.OtherTables) as error:
        log.error("the database: %s", str(error).split("\n")[0])
    except StreamingQueryException as error:
        log.error("the job ends, and goes on where it stopped when it is started again: %s", error)
    return 1


if __name__ == "__main__":
    sys.exit(main())
