"""Running sales statistics from the shop's records: units and revenue of every product and hour.

Reads the Kafka topic of docs/data-platform.md with Spark Structured Streaming and keeps the sums in PostgreSQL.
A cancellation is taken back from the hour in which its order had succeeded. Revenue is price times quantity,
in the currency's smallest unit; an order's discount is not shared out among its products.

Every record counts once. Within a partition numbers rise, repeats aside, so what is not above the highest
number that a partition has had is a repeat. That number and the sums change in one transaction, and a
micro-batch that Spark runs again finds nothing new in it.
"""

import argparse

import psycopg
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import ArrayType, LongType, StringType, StructField, StructType, TimestampType

RECORD = StructType(
    [
        StructField("sequence", LongType(), False),
        StructField("type", StringType(), False),
        StructField("completedAt", TimestampType(), False),
        StructField(
            "items",
            ArrayType(
                StructType(
                    [
                        StructField("productId", StringType(), False),
                        StructField("name", StringType(), False),
                        StructField("price", LongType(), False),
                        StructField("quantity", LongType(), False),
                    ]
                )
            ),
            False,
        ),
    ]
)

TABLES = """
CREATE TABLE IF NOT EXISTS hourly_sales (
  product_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  name text NOT NULL,
  units bigint NOT NULL,
  revenue bigint NOT NULL,
  PRIMARY KEY (product_id, hour)
);
CREATE TABLE IF NOT EXISTS marks (
  topic text NOT NULL,
  partition int NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);
"""

ADD_SALES = """
INSERT INTO hourly_sales AS sales (product_id, hour, name, units, revenue)
VALUES (%s, to_timestamp(%s), %s, %s, %s)
ON CONFLICT (product_id, hour) DO UPDATE
SET name = excluded.name, units = sales.units + excluded.units, revenue = sales.revenue + excluded.revenue
"""

MOVE_MARK = """
INSERT INTO marks (topic, partition, sequence) VALUES (%s, %s, %s)
ON CONFLICT (topic, partition) DO UPDATE SET sequence = excluded.sequence
"""


def records_of(spark: SparkSession, brokers: str, topic: str) -> DataFrame:
    """The topic from its beginning, each record with its partition."""
    stream = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", brokers)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .load()
    )
    record = f.from_json(f.col("value").cast("string"), RECORD)
    return stream.select("partition", record.alias("record")).select("partition", "record.*")


def only_new(batch: DataFrame, marks: dict[int, int]) -> DataFrame:
    """Without what was counted before, and without what is twice in this batch."""
    known = [f.lit(number) for pair in marks.items() for number in pair]
    mark = f.coalesce(f.create_map(*known)[f.col("partition")], f.lit(0)) if known else f.lit(0)
    return batch.where(f.col("sequence") > mark).dropDuplicates(["sequence"])


def sums_of(records: DataFrame) -> DataFrame:
    """Units and revenue by product and hour of the sale; what was cancelled counts below zero."""
    sign = f.when(f.col("type") == "order.cancelled", -1).otherwise(1)
    lines = records.select(
        sign.alias("sign"), f.date_trunc("hour", "completedAt").alias("hour"), f.explode("items").alias("item")
    )
    units = f.col("sign") * f.col("item.quantity")
    return lines.groupBy(f.col("item.productId").alias("product_id"), f.unix_timestamp("hour").alias("hour")).agg(
        f.max("item.name").alias("name"),
        f.sum(units).alias("units"),
        f.sum(units * f.col("item.price")).alias("revenue"),
    )


def counting_into(database: str, topic: str):
    """What is done with each micro-batch: all of it, or, when it fails, nothing and then again."""

    def count(batch: DataFrame, _batch_id: int) -> None:
        with psycopg.connect(database) as connection:
            # Locked until the end: two jobs by mistake count one after the other.
            connection.execute("LOCK TABLE marks IN EXCLUSIVE MODE")
            rows = connection.execute("SELECT partition, sequence FROM marks WHERE topic = %s", (topic,))
            fresh = only_new(batch, dict(rows.fetchall())).persist()
            try:
                sums = sums_of(fresh).collect()
                marks = fresh.groupBy("partition").agg(f.max("sequence").alias("sequence")).collect()
            finally:
                fresh.unpersist()
            with connection.cursor() as cursor:
                cursor.executemany(
                    ADD_SALES, [(row.product_id, row.hour, row.name, row.units, row.revenue) for row in sums]
                )
                cursor.executemany(MOVE_MARK, [(topic, row.partition, row.sequence) for row in marks])

    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True, help="host:port[,host:port]")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--database", required=True, help="postgres://user:password@host/database for the figures")
    parser.add_argument("--checkpoint", default=".local/spark-checkpoint", help="where Spark keeps its place")
    arguments = parser.parse_args()

    with psycopg.connect(arguments.database) as connection:
        connection.execute(TABLES)

    spark = SparkSession.builder.appName("sales statistics").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    (
        records_of(spark, arguments.brokers, arguments.topic)
        .writeStream.foreachBatch(counting_into(arguments.database, arguments.topic))
        .option("checkpointLocation", arguments.checkpoint)
        .trigger(processingTime="5 seconds")
        .start()
        .awaitTermination()
    )


if __name__ == "__main__":
    main()
