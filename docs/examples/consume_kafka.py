"""Reads the shop's records from Kafka and keeps what every product has sold, each record counted exactly once.

  pip install confluent-kafka
  python3 consume_kafka.py --brokers localhost:9092 --topic orders --group sales --database sales.db
  KAFKA_PASSWORD=... python3 consume_kafka.py ... --set security.protocol=SASL_SSL --set ssl.ca.location=ca.pem \
    --set sasl.mechanisms=SCRAM-SHA-512 --set sasl.username=sales

Kafka hands out each record at least once. Sums and the numbers that were counted change in one SQLite transaction, and
only after it the group's place is committed: what comes again after a crash, a change of partitions or
`resend.js --from` is found among those numbers, and a record that was missing still counts when it comes.
Several of these programs may share the group where they share the database.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing

from confluent_kafka import Consumer, KafkaException, TopicPartition

MESSAGES_MAX = 500

TABLES = """
CREATE TABLE IF NOT EXISTS sales (
  product_id TEXT PRIMARY KEY,
  units INTEGER NOT NULL,
  revenue INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS counted (sequence INTEGER PRIMARY KEY);
"""
NOTE = "INSERT INTO counted VALUES (?) ON CONFLICT DO NOTHING"
ADD_SALE = """
INSERT INTO sales (product_id, units, revenue) VALUES (?, ?, ?)
ON CONFLICT (product_id) DO UPDATE SET units = units + excluded.units, revenue = revenue + excluded.revenue
"""


def count(database: sqlite3.Connection, records: list) -> None:
    """Counts the records that are new, all or none of them."""
    database.execute("BEGIN IMMEDIATE")
    with database:
        for record in records:
            if database.execute(NOTE, (record["sequence"],)).rowcount == 0:
                continue
            sign = -1 if record["type"] == "order.cancelled" else 1
            for item in record["items"]:
                units = sign * item["quantity"]
                database.execute(ADD_SALE, (item["productId"], units, units * item["price"]))


def places_after(messages: list) -> list:
    """Where the group goes on, in each partition."""
    last = {(message.topic(), message.partition()): message.offset() for message in messages}
    return [TopicPartition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]


def consume(consumer: Consumer, database: sqlite3.Connection, is_stopping) -> None:
    while not is_stopping():
        messages = consumer.consume(MESSAGES_MAX, timeout=1)
        for message in messages:
            if message.error() is not None:
                # The client itself tries on where that helps. What is not committed comes again.
                raise KafkaException(message.error())
        if not messages:
            continue
        count(database, [json.loads(message.value()) for message in messages])
        try:
            consumer.commit(offsets=places_after(messages), asynchronous=False)
        except KafkaException as error:
            # Another member has the partition by now: it gets these again, and finds them counted.
            print(f"not committed: {error}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True, help="host:port[,host:port]")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--group", default="sales")
    parser.add_argument("--database", required=True, help="SQLite file; made where it is missing")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of librdkafka")
    arguments = parser.parse_args()
    # Options can be seen by whoever may list processes.
    password = os.environ.get("KAFKA_PASSWORD")
    consumer = Consumer(
        {
            **({} if password is None else {"sasl.password": password}),
            **dict(setting.split("=", 1) for setting in arguments.set),
            "bootstrap.servers": arguments.brokers,
            "group.id": arguments.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    stopped = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    with closing(sqlite3.connect(arguments.database, timeout=30, isolation_level=None)) as database:
        # What was committed outlives a power cut: the group's place follows it.
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(TABLES)
        try:
            consumer.subscribe([arguments.topic])
            consume(consumer, database, lambda: bool(stopped))
        finally:
            consumer.close()


if __name__ == "__main__":
    main()
