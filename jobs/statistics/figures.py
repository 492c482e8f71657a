"""Figures of the shop's records (docs/data-platform.md), as functions from data frame to data frame.

Amounts are in the currency's smallest unit, hours are seconds since 1970 (UTC).
"""

import json
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f
from pyspark.sql.types import ArrayType, LongType, StringType, StructField, StructType

COMPLETED = "order.completed"
CANCELLED = "order.cancelled"
# The largest amount and number that the shop itself can have.
SAFE = 2**53 - 1
# What PostgreSQL's bigint holds.
SUM_MOST = 2**63 - 1
QUANTITY_MOST = 2**31 - 1
LINES_MOST = 1_000
NAME_CHARS = 500
# Of a record that is set aside.
TEXT_CHARS = 2_000
HOUR_SECONDS = 3_600

# Java's `$` would let a line end follow.
UUID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\z"

ITEM = StructType(
    [
        StructField("productId", StringType()),
        StructField("name", StringType()),
        StructField("category", StringType()),
        StructField("price", LongType()),
        StructField("quantity", LongType()),
    ]
)
RECORD = StructType(
    [
        StructField("sequence", LongType()),
        StructField("type", StringType()),
        StructField("occurredAt", StringType()),
        StructField("completedAt", StringType()),
        StructField("items", ArrayType(ITEM)),
        StructField("discount", LongType()),
        StructField("_corrupt_record", StringType()),
    ]
)


def decoded(messages: DataFrame) -> DataFrame:
    """Each message of the topic as a record, or with the reason why it is none.

    Columns: partition, offset, sequence, sign (-1 of a cancellation), hour (in which the order completed),
    occurred_ms, items, total (the amount of all items), discount, reason (null of a record), text (of what is none,
    bounded).
    """
    text = f.col("value").cast("string")
    records = messages.select(
        "partition", "offset", text.alias("text"), f.from_json(text, RECORD).alias("record")
    ).select(
        "partition",
        "offset",
        "text",
        "record.*",
        _time("record.completedAt").alias("completed"),
        _time("record.occurredAt").alias("occurred"),
        f.when(f.forall("record.items", _is_item), _total("record.items")).alias("total"),
    )
    completed_s = f.unix_seconds("completed")
    return records.withColumn("reason", _reason()).select(
        "partition",
        "offset",
        "sequence",
        f.when(f.col("type") == CANCELLED, -1).otherwise(1).alias("sign"),
        (completed_s - f.pmod(completed_s, f.lit(HOUR_SECONDS))).alias("hour"),
        f.unix_millis("occurred").alias("occurred_ms"),
        "items",
        f.when(f.col("reason").isNull(), f.col("total").cast("long")).alias("total"),
        "discount",
        "reason",
        f.when(f.col("reason").isNotNull(), f.left(_storable("text"), f.lit(TEXT_CHARS))).alias("text"),
    )


def good(messages: DataFrame) -> DataFrame:
    """Those of the decoded messages that can be counted; a number may be there several times."""
    return messages.where(f.col("reason").isNull())


def poison(messages: DataFrame) -> DataFrame:
    """Those of the decoded messages that cannot be counted."""
    return messages.where(f.col("reason").isNotNull())


def once(records: DataFrame) -> DataFrame:
    """Each number once: as it came first."""
    others = [name for name in records.columns if name != "sequence"]
    first = f.min_by(f.struct(*others), f.struct("partition", "offset")).alias("first")
    return records.groupBy("sequence").agg(first).select("sequence", "first.*")


def within(records: DataFrame, ranges: Sequence[tuple[int, int]]) -> DataFrame:
    """Records whose number is in one of these ranges, both ends included."""
    # As a text: rows of Python would come by way of a Python of their own.
    pairs = f.explode(f.from_json(f.lit(json.dumps(list(ranges))), "array<array<bigint>>")).alias("pair")
    numbers = records.sparkSession.range(1).select(pairs).select(
        f.explode(f.sequence(f.col("pair")[0], f.col("pair")[1])).alias("sequence")
    )
    return records.join(f.broadcast(numbers), "sequence", "left_semi")


def lines_of(records: DataFrame) -> DataFrame:
    """A row for each line of an order, with its share of the order's discount.

    Each line has the whole units of discount × amount ÷ sum of amounts; the units that are left go one each to the
    lines with the largest remainders, of equal ones to the first lines. So the shares are the discount, exactly.
    """
    total = f.greatest("total", f.lit(1))
    # Two amounts multiplied have up to 32 digits.
    wide = "decimal(16,0)"

    def share(item: Column, line: Column) -> Column:
        amount = item["price"] * item["quantity"]
        product = amount.cast(wide) * f.col("discount").cast(wide)
        is_cut = f.col("discount") > 0
        remainder = f.when(is_cut, (product % total.cast(wide)).cast("long")).otherwise(0)
        floor = f.when(is_cut, f.call_function("div", product, total.cast(wide))).otherwise(0)
        # What comes first gets the first unit that is left.
        return f.struct(
            (-remainder).alias("place"),
            line.alias("line"),
            floor.alias("floor"),
            amount.alias("amount"),
            item.alias("item"),
        )

    shared = records.withColumn("shares", f.array_sort(f.transform("items", share))).withColumn(
        "left", f.col("discount") - f.aggregate("shares", f.lit(0).cast("long"), lambda sum_, its: sum_ + its["floor"])
    )
    products = f.transform("items", lambda item: f.lower(item["productId"]))
    line = shared.withColumn("products", products).select(
        "sequence", "sign", "hour", "left", "products", f.posexplode("shares").alias("place", "its")
    )
    product = f.lower("its.item.productId")
    return line.select(
        "sequence",
        "sign",
        "hour",
        f.col("its.line").alias("line"),
        product.alias("product_id"),
        (f.array_position("products", product) == f.col("its.line") + 1).alias("is_first"),
        f.left(_storable("its.item.name"), f.lit(NAME_CHARS)).alias("name"),
        f.left(_storable(f.coalesce("its.item.category", f.lit(""))), f.lit(NAME_CHARS)).alias("category"),
        f.col("its.item.quantity").alias("units"),
        f.col("its.amount").alias("revenue"),
        (f.col("its.floor") + f.when(f.col("place") < f.col("left"), 1).otherwise(0)).alias("discount"),
    )


def by_product(lines: DataFrame) -> DataFrame:
    """What hour and product_id have more than before: units, revenue, discount, orders; with the newest name and
    category."""
    at = f.struct("sequence", "line")
    newest_category = f.max_by("category", f.when(f.col("category") != "", at))
    return lines.groupBy("hour", "product_id").agg(
        f.max_by("name", at).alias("name"),
        f.coalesce(newest_category, f.lit("")).alias("category"),
        *(_sum(name) for name in ("units", "revenue", "discount")),
        # An order may have a product in several lines.
        f.sum(f.when(f.col("is_first"), f.col("sign")).otherwise(0)).alias("orders"),
    )


def by_hour(records: DataFrame) -> DataFrame:
    """What the hour has more than before: units, revenue, discount, orders and cancelled; with its newest occurred_ms."""
    units = f.aggregate("items", f.lit(0).cast("long"), lambda sum_, item: sum_ + item["quantity"])
    return (
        records.withColumns({"units": units, "revenue": f.col("total")})
        .groupBy("hour")
        .agg(
            *(_sum(name) for name in ("units", "revenue", "discount")),
            f.sum("sign").alias("orders"),
            f.sum(f.when(f.col("sign") < 0, 1).otherwise(0)).alias("cancelled"),
            f.max("occurred_ms").alias("occurred_ms"),
        )
    )


def _sum(name: str) -> Column:
    """One that no number holds is the largest, so that nothing in a topic can make every try of a batch fail."""
    total = f.sum((f.col("sign") * f.col(name)).cast("decimal(19,0)"))
    return f.least(f.greatest(total, f.lit(-SUM_MOST)), f.lit(SUM_MOST)).cast("long").alias(name)


def _time(name: str) -> Column:
    return f.when(f.col(name).rlike(TIME), f.try_to_timestamp(f.col(name)))


def _storable(text: str | Column) -> Column:
    """PostgreSQL's text holds no NUL."""
    return f.replace(f.col(text) if isinstance(text, str) else text, f.lit("\0"), f.lit("\ufffd"))


def _is_item(item: Column) -> Column:
    fits = (
        item["productId"].rlike(UUID)
        & item["name"].isNotNull()
        & item["price"].between(0, SAFE)
        & item["quantity"].between(1, QUANTITY_MOST)
    )
    return f.coalesce(fits, f.lit(False))


def _total(items: str) -> Column:
    """Of items that fit: others may hold what no number can."""

    def plus(total: Column, item: Column) -> Column:
        amount = item["price"].cast("decimal(16,0)") * item["quantity"].cast("decimal(10,0)")
        return (total + amount).cast("decimal(38,0)")

    return f.aggregate(items, f.lit(0).cast("decimal(38,0)"), plus)


def _reason() -> Column:
    def unless(fits: Column) -> Column:
        return ~f.coalesce(fits, f.lit(False))

    text = f.col("text")
    # What is far ahead would hide from then on how far the figures are.
    ahead = f.greatest("completed", "occurred") > f.current_timestamp() + f.expr("INTERVAL 1 DAY")
    few = f.size("items").between(1, LINES_MOST)
    # It is read once more only where something in it is not as it should be.
    broken = f.col("_corrupt_record").isNotNull() & f.get_json_object(text, "$").isNull()
    return (
        f.when(text.isNull(), "it has no value")
        .when(unless(text.rlike(r"^\s*\{")) | broken, "it is no JSON object")
        .when(unless(f.col("sequence").between(1, SAFE)), "sequence is no whole number of 1 or more")
        .when(unless(f.col("type").isin(COMPLETED, CANCELLED)), f"type is neither {COMPLETED} nor {CANCELLED}")
        .when(f.col("completed").isNull(), "completedAt is no time")
        .when(f.col("occurred").isNull(), "occurredAt is no time")
        .when(ahead, "it happened more than a day from now")
        .when(unless(few), f"items are not 1 to {LINES_MOST}")
        .when(f.col("total").isNull(), "an item has no product, name, price or quantity")
        .when(f.col("total") > SAFE, "its amounts are larger than any of the shop's")
        .when(unless(f.col("discount").between(0, f.col("total"))), "discount is not 0 to the subtotal")
    )
