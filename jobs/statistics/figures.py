"""Figures of the shop's records (docs/data-platform.md), as functions from data frame to data frame.

Amounts are in the currency's smallest unit, hours are seconds since 1970 (UTC).
"""

from pyspark.sql import Column, DataFrame, Window
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
    ]
)


def decoded(messages: DataFrame) -> DataFrame:
    """Each message of the topic as a record, or with the reason why it is none.

    Columns: partition, offset, sequence, sign (-1 of a cancellation), hour (in which the order completed),
    occurred_ms, items, discount, reason (null of a record), text (of what is none, bounded).
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
        "discount",
        "reason",
        f.when(f.col("reason").isNotNull(), f.left(_storable("text"), f.lit(TEXT_CHARS))).alias("text"),
    )


def records_of(messages: DataFrame) -> DataFrame:
    """Those of the decoded messages that can be counted, each number once: as it came first."""
    good = messages.where(f.col("reason").isNull())
    others = [name for name in good.columns if name != "sequence"]
    first = f.min_by(f.struct(*others), f.struct("partition", "offset")).alias("first")
    return good.groupBy("sequence").agg(first).select("sequence", "first.*")


def within(records: DataFrame, ranges: DataFrame) -> DataFrame:
    """Records whose number is in one of these ranges, both ends (first, last) included."""
    is_within = f.col("sequence").between(f.col("first"), f.col("last"))
    return records.join(f.broadcast(ranges), is_within, "left_semi")


def lines_of(records: DataFrame) -> DataFrame:
    """A row for each line of an order, with its share of the order's discount.

    Each line has the whole units of discount × amount ÷ sum of amounts; the units that are left go one each to the
    lines with the largest remainders, of equal ones to the first lines. So the shares are the discount, exactly.
    """
    line = records.select("sequence", "sign", "hour", "discount", f.posexplode("items").alias("line", "item"))
    of_order = Window.partitionBy("sequence")
    # Two amounts multiplied have up to 32 digits.
    amounts = line.withColumn("amount", f.col("item.price") * f.col("item.quantity")).withColumn(
        "total", f.greatest(f.sum("amount").over(of_order), f.lit(1))
    )
    product = f.col("amount").cast("decimal(16,0)") * f.col("discount").cast("decimal(16,0)")
    shared = (
        amounts.withColumn("product", product)
        .withColumn("floor", f.expr("product div total"))
        .withColumn("remainder", f.expr("product % total"))
    )
    place = f.row_number().over(of_order.orderBy(f.col("remainder").desc(), "line"))
    left = f.col("discount") - f.sum("floor").over(of_order)
    return shared.select(
        "sequence",
        "sign",
        "hour",
        "line",
        f.lower("item.productId").alias("product_id"),
        f.left(_storable("item.name"), f.lit(NAME_CHARS)).alias("name"),
        f.left(_storable(f.coalesce("item.category", f.lit(""))), f.lit(NAME_CHARS)).alias("category"),
        f.col("item.quantity").alias("units"),
        f.col("amount").alias("revenue"),
        (f.col("floor") + f.when(place <= left, 1).otherwise(0)).alias("discount"),
    )


def by_product(lines: DataFrame) -> DataFrame:
    """What hour and product_id have more than before: units, revenue, discount, orders; with the newest name and
    category."""
    of_order = lines.groupBy("sequence", "sign", "hour", "product_id").agg(
        f.max_by("name", "line").alias("name"),
        f.max("category").alias("category"),
        *(f.sum(f.col("sign") * f.col(name)).alias(name) for name in ("units", "revenue", "discount")),
    )
    newest_category = f.max_by("category", f.when(f.col("category") != "", f.col("sequence")))
    return of_order.groupBy("hour", "product_id").agg(
        f.max_by("name", "sequence").alias("name"),
        f.coalesce(newest_category, f.lit("")).alias("category"),
        *(_sum(name) for name in ("units", "revenue", "discount")),
        f.sum("sign").alias("orders"),
    )


def by_hour(lines: DataFrame) -> DataFrame:
    """What the hour has more than before: units, revenue, discount, orders and cancelled."""
    of_order = lines.groupBy("sequence", "sign", "hour").agg(
        *(f.sum(f.col("sign") * f.col(name)).alias(name) for name in ("units", "revenue", "discount"))
    )
    return of_order.groupBy("hour").agg(
        *(_sum(name) for name in ("units", "revenue", "discount")),
        f.sum("sign").alias("orders"),
        f.sum(f.when(f.col("sign") < 0, 1).otherwise(0)).alias("cancelled"),
    )


def _sum(name: str) -> Column:
    """One that no number holds is the largest, so that nothing in a topic can make every try of a batch fail."""
    total = f.sum(f.col(name).cast("decimal(19,0)"))
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


def _total() -> Column:
    """Of items that fit: others may hold what no number can."""

    def plus(total: Column, item: Column) -> Column:
        amount = item["price"].cast("decimal(16,0)") * item["quantity"].cast("decimal(10,0)")
        return (total + f.when(_is_item(item), amount).otherwise(0)).cast("decimal(38,0)")

    return f.aggregate("items", f.lit(0).cast("decimal(38,0)"), plus)


def _reason() -> Column:
    def unless(fits: Column) -> Column:
        return ~f.coalesce(fits, f.lit(False))

    text = f.col("text")
    # What is far ahead would hide from then on how far the figures are.
    ahead = f.greatest("completed", "occurred") > f.current_timestamp() + f.expr("INTERVAL 1 DAY")
    few = f.size("items").between(1, LINES_MOST)
    return (
        f.when(text.isNull(), "it has no value")
        .when(unless(text.rlike(r"^\s*\{") & f.get_json_object(text, "$").isNotNull()), "it is no JSON object")
        .when(unless(f.col("sequence").between(1, SAFE)), "sequence is no whole number of 1 or more")
        .when(unless(f.col("type").isin(COMPLETED, CANCELLED)), f"type is neither {COMPLETED} nor {CANCELLED}")
        .when(f.col("completed").isNull(), "completedAt is no time")
        .when(f.col("occurred").isNull(), "occurredAt is no time")
        .when(ahead, "it happened more than a day from now")
        .when(unless(few), f"items are not 1 to {LINES_MOST}")
        .when(f.exists("items", lambda item: ~_is_item(item)), "an item has no product, name, price or quantity")
        .when(_total() > SAFE, "its amounts are larger than any of the shop's")
        .when(unless((f.col("discount") >= 0) & (f.col("discount") <= _total())), "discount is not 0 to the subtotal")
    )
