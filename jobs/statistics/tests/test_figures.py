import json
import random

import figures
from shop import CUP, HOUR_S, POT, cancelled, item, messages, record, shares

SALE = record(1, [item(quantity=2), item(POT, 5_000)], discount=1_000)


def decoded(spark, *values):
    return figures.decoded(messages(spark, values)).orderBy("offset").collect()


def products(spark, *records):
    rows = figures.by_product(lines(spark, *records)).collect()
    return {row.product_id: (row.units, row.revenue, row.discount, row.orders) for row in rows}


def lines(spark, *records):
    return figures.lines_of(countable(spark, *records))


def countable(spark, *records):
    return figures.good(figures.decoded(messages(spark, records)))


def test_takes_a_record_and_fields_that_it_does_not_know(spark):
    [row] = decoded(spark, {**SALE, "gift": {"wrap": True}, "items": [{**item(category="cups"), "weight": 1.5}]})
    assert (row.sequence, row.sign, row.hour, row.reason, row.text) == (1, 1, HOUR_S, None, None)
    assert row["items"][0].category == "cups"
    assert row.occurred_ms == HOUR_S * 1_000 + 3_599_999


def test_knows_the_hour_of_other_zones(spark):
    [row] = decoded(spark, {**SALE, "completedAt": "2026-01-01T15:29:59+05:30"})
    assert row.hour == HOUR_S


BIG = 2**53 - 1
POISONS = [
    (None, "it has no value"),
    (b"", "it is no JSON object"),
    (b"hello", "it is no JSON object"),
    (b"\xff\xfe\x00", "it is no JSON object"),
    (b"[]", "it is no JSON object"),
    (b"null", "it is no JSON object"),
    (json.dumps(SALE)[:-20].encode(), "it is no JSON object"),
    (b"{}", "sequence is no whole number"),
    ({**SALE, "sequence": 0}, "sequence is no whole number"),
    ({**SALE, "sequence": 1.5}, "sequence is no whole number"),
    ({**SALE, "sequence": "1"}, "sequence is no whole number"),
    ({**SALE, "sequence": 2**63}, "sequence is no whole number"),
    ({**SALE, "sequence": BIG + 1}, "sequence is no whole number"),
    ({**SALE, "type": "order.refunded"}, "type is neither"),
    ({**SALE, "type": None}, "type is neither"),
    ({**SALE, "completedAt": "yesterday"}, "completedAt is no time"),
    ({**SALE, "completedAt": "2026-13-01T00:00:00Z"}, "completedAt is no time"),
    ({**SALE, "completedAt": 5}, "completedAt is no time"),
    ({**SALE, "completedAt": SALE["completedAt"] + "\n"}, "completedAt is no time"),
    ({**SALE, "occurredAt": None}, "occurredAt is no time"),
    ({**SALE, "occurredAt": "9999-01-01T00:00:00Z"}, "it happened more than a day from now"),
    ({**SALE, "completedAt": "9999-01-01T00:00:00Z"}, "it happened more than a day from now"),
    ({**SALE, "items": []}, "items are not 1 to"),
    ({**SALE, "items": "cup"}, "items are not 1 to"),
    ({**SALE, "items": [item()] * 1_001}, "items are not 1 to"),
    ({**SALE, "items": [None]}, "an item has no"),
    ({**SALE, "items": [item("cup")]}, "an item has no"),
    ({**SALE, "items": [item(CUP + "\n")]}, "an item has no"),
    ({**SALE, "items": [item(name=None)]}, "an item has no"),
    ({**SALE, "items": [item(price=-1)]}, "an item has no"),
    ({**SALE, "items": [item(price=0.5)]}, "an item has no"),
    ({**SALE, "items": [item(quantity=0)]}, "an item has no"),
    ({**SALE, "items": [item(price=BIG, quantity=2**31 - 1)] * 1_000}, "its amounts are larger"),
    ({**SALE, "discount": 29_001}, "discount is not"),
    ({**SALE, "discount": -1}, "discount is not"),
    ({**SALE, "discount": None}, "discount is not"),
]


def test_says_why_something_is_no_record_and_goes_on(spark):
    *rows, last = decoded(spark, *[value for value, _ in POISONS], SALE)
    for row, (value, reason) in zip(rows, POISONS, strict=True):
        assert (row.reason or "none").startswith(reason), value
    assert last.reason is None


def test_keeps_a_bounded_text_without_nul_of_what_is_none(spark):
    [row] = decoded(spark, b"\0" + b"x" * 5_000)
    assert row.text == "\ufffd" + "x" * 1_999


def test_counts_a_number_once_as_it_came_first(spark):
    others = figures.decoded(messages(spark, [record(1), record(2)], partition=1, first_offset=9))
    both = figures.decoded(messages(spark, [SALE, SALE])).union(others)
    rows = figures.once(figures.good(both)).orderBy("sequence").collect()
    assert [(row.sequence, row.partition, row.offset) for row in rows] == [(1, 0, 0), (2, 1, 10)]


def test_keeps_the_numbers_within_ranges(spark):
    records = countable(spark, *[record(number) for number in range(1, 8)])
    assert sorted(row.sequence for row in figures.within(records, [(2, 3), (6, 6)]).collect()) == [2, 3, 6]


def test_shares_discounts_out_exactly(spark):
    dice = random.Random(1)
    orders = [
        (1_000, [24_000, 5_000]),
        (1, [1, 1, 1]),
        (2, [1, 1, 1]),
        (8, [3, 3, 3]),
        (0, [0]),
        (7, [7, 0]),
        (100, [1, 999]),
        (BIG, [BIG]),
        (BIG - 1, [BIG // 2, BIG - BIG // 2 - 1, 1]),
    ]
    for _ in range(100):
        amounts = [dice.choice([0, 1, 999, 12_000, dice.randrange(10**9)]) for _ in range(dice.randrange(1, 8))]
        orders.append((dice.randrange(sum(amounts) + 1), amounts))
    records = [
        record(sequence, [item(price=amount) for amount in amounts], discount=discount)
        for sequence, (discount, amounts) in enumerate(orders, 1)
    ]
    found = {}
    for row in lines(spark, *records).orderBy("sequence", "line").collect():
        found.setdefault(row.sequence, []).append(row.discount)
    assert list(found.values()) == [shares(discount, amounts) for discount, amounts in orders]
    assert [sum(given) for given in found.values()] == [discount for discount, _ in orders]


def test_sums_by_hour_and_product(spark):
    twice = record(2, [item(), item(quantity=3)], discount=1)
    assert products(spark, SALE, twice) == {CUP: (6, 72_000, 829, 2), POT: (1, 5_000, 172, 1)}


def test_takes_back_what_a_cancelled_order_had_brought_in_its_hour(spark):
    assert products(spark, cancelled(2, SALE), SALE) == {CUP: (0, 0, 0, 0), POT: (0, 0, 0, 0)}
    [hour] = figures.by_hour(countable(spark, cancelled(2, SALE), SALE, record(3))).collect()
    assert hour.asDict() == {
        "hour": HOUR_S, "units": 1, "revenue": 12_000, "discount": 0, "orders": 1, "cancelled": 1,
        "occurred_ms": 1_767_398_400_000,
    }


def test_has_the_newest_name_and_category_that_there_is(spark):
    named = [
        record(2, [item(name="New", category="cups")]),
        record(1, [item(name="Old", category="old")]),
        record(3, [item(name="Newest")]),
    ]
    [row] = figures.by_product(lines(spark, *named)).collect()
    assert (row.name, row.category) == ("Newest", "cups")


def test_stores_names_that_postgres_takes(spark):
    [row] = figures.by_product(lines(spark, record(1, [item(name="a\0" + "b" * 900)]))).collect()
    assert row.name == "a\ufffd" + "b" * 498
