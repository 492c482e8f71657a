"""Records as the shop sends them, and what they come to, reckoned in another way than the job does."""

import json
from base64 import b64encode
from fractions import Fraction

from pyspark.sql import functions as f

HOUR = "2026-01-01T09"
HOUR_S = 1_767_258_000
CUP = "01920000-0000-7000-8000-0000000000b1"
POT = "01920000-0000-7000-8000-0000000000b2"


def item(product=CUP, price=12_000, quantity=1, **more):
    return {"productId": product, "optionId": product, "name": "Tea cup", "price": price, "quantity": quantity, **more}


def record(sequence, items=None, discount=0, kind="order.completed", hour=HOUR, **more):
    completed = f"{hour}:59:59.999Z"
    return {
        "sequence": sequence,
        "type": kind,
        "orderId": f"order {sequence}",
        "occurredAt": completed if kind == "order.completed" else "2026-01-03T00:00:00.000Z",
        "completedAt": completed,
        "items": [item()] if items is None else items,
        "discount": discount,
        **more,
    }


def cancelled(sequence, sale):
    return {**sale, "sequence": sequence, "type": "order.cancelled", "occurredAt": "2026-01-03T00:00:00.000Z"}


def messages(spark, records, partition=0, first_offset=0):
    """As the topic has them; bytes and None are taken as they are."""
    values = [its if its is None or isinstance(its, bytes) else json.dumps(its).encode() for its in records]
    coded = [None if value is None else b64encode(value).decode() for value in values]
    # As a text: rows of Python would come by way of a Python of their own.
    all_of_them = f.from_json(f.lit(json.dumps(coded)), "array<string>")
    return spark.range(1).select(f.posexplode(all_of_them).alias("place", "coded")).select(
        f.lit(partition).alias("partition"),
        (f.col("place") + f.lit(first_offset)).cast("long").alias("offset"),
        f.unbase64("coded").alias("value"),
    )


def shares(discount, amounts):
    """Largest remainders, by fractions and one unit after the other."""
    total = sum(amounts) or 1
    exact = [Fraction(discount * amount, total) for amount in amounts]
    given = [int(share) for share in exact]
    by_remainder = sorted(range(len(amounts)), key=lambda line: (given[line] - exact[line], line))
    for line in by_remainder[: discount - sum(given)]:
        given[line] += 1
    return given


def sums(records):
    """(hour, product) to [units, revenue, discount, orders], and hour to [… , cancelled]; each number counted once."""
    products, hours = {}, {}
    for its in {its["sequence"]: its for its in records}.values():
        sign = -1 if its["type"] == "order.cancelled" else 1
        hour = its["completedAt"][:13]
        of_hour = hours.setdefault(hour, [0] * 5)
        of_hour[3] += sign
        of_hour[4] += sign == -1
        for line, share in zip(its["items"], shares(its["discount"], [i["price"] * i["quantity"] for i in its["items"]])):
            figures = [line["quantity"], line["price"] * line["quantity"], share]
            of_product = products.setdefault((hour, line["productId"]), [0] * 4)
            for index, figure in enumerate(figures):
                of_product[index] += sign * figure
                of_hour[index] += sign * figure
        for product in {line["productId"] for line in its["items"]}:
            products[hour, product][3] += sign
    return products, hours
