"""Receives the shop's records over HTTP and keeps what every product has sold, each record counted exactly once.

Needs Python 3.9 and nothing else. The shop is told where it is, and both know the secret:

  DATA_PLATFORM_SECRET=... python3 receive_http.py --database sales.db --port 8080
  DATA_PLATFORM_URL=http://127.0.0.1:8080/ with the same DATA_PLATFORM_SECRET, for the order service

Sums and the highest number that was counted change in one SQLite transaction, and only once that is on disk is the
request answered with 2xx: what the shop then sends again, because the answer was lost, is at or below that number.
Behind it numbers have no gap; where one is missing, nothing is taken until it comes (`resend.js --from`).

Put a proxy with TLS in front of it, which bounds connections too.
"""

import argparse
import hashlib
import hmac
import json
import os
import re
import sqlite3
import sys
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 32 * 1024 * 1024
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
SIGNED_SECONDS_AGO_MAX = 300

TABLES = """
CREATE TABLE IF NOT EXISTS sales (
  product_id TEXT PRIMARY KEY,
  units INTEGER NOT NULL,
  revenue INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS mark (only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL);
"""
ADD_SALE = """
INSERT INTO sales (product_id, units, revenue) VALUES (?, ?, ?)
ON CONFLICT (product_id) DO UPDATE SET units = units + excluded.units, revenue = revenue + excluded.revenue
"""
MOVE_MARK = "INSERT INTO mark VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence"


class Refused(Exception):
    """Answered with this status: the shop sends the records again, later."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status


def check_signature(header: str, body: bytes, secret: bytes, now: float) -> None:
    """Raises Refused unless the shop has signed the body, a few minutes ago at most."""
    match = SIGNATURE.fullmatch(header)
    if match is None or abs(now - int(match[1])) > SIGNED_SECONDS_AGO_MAX:
        raise Refused(401, "no signature, or an old one: look at the clocks")
    expected = hmac.new(secret, match[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, match[2]):
        raise Refused(401, "signed with another secret")


def count(database: sqlite3.Connection, records: list) -> int:
    """Counts the records that are new, all or none of them; returns how many those were."""
    database.execute("BEGIN IMMEDIATE")
    with database:
        row = database.execute("SELECT sequence FROM mark").fetchone()
        mark = None if row is None else row[0]
        fresh = [record for record in records if mark is None or record["sequence"] > mark]
        for record in fresh:
            if mark is not None and record["sequence"] != mark + 1:
                raise Refused(409, f"record {mark + 1} is missing: have the shop send from there again")
            mark = record["sequence"]
            sign = -1 if record["type"] == "order.cancelled" else 1
            for item in record["items"]:
                units = sign * item["quantity"]
                database.execute(ADD_SALE, (item["productId"], units, units * item["price"]))
        if fresh:
            database.execute(MOVE_MARK, (mark,))
    return len(fresh)


def open_database(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=10, isolation_level=None)
    # What was committed outlives a power cut.
    database.execute("PRAGMA synchronous = FULL")
    return database


def handler_for(path: str, secret: bytes):
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            try:
                status, reason = 200, f"{self.take()} counted"
            except Refused as refusal:
                status, reason = refusal.status, str(refusal)
            except (ValueError, KeyError, TypeError) as error:
                status, reason = 400, f"not what docs/record.schema.json says: {error!r}"
            except sqlite3.Error as error:
                status, reason = 503, f"not stored: {error}"
            self.log_message("%s", reason)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def take(self) -> int:
            length = int(self.headers.get("Content-Length", "-1"))
            if length < 0:
                raise Refused(411, "the length is missing")
            if length > BODY_BYTES_MAX:
                # The shop sends fewer at a time then.
                raise Refused(413, f"more than {BODY_BYTES_MAX} bytes")
            body = self.rfile.read(length)
            check_signature(self.headers.get("X-Jangteo-Signature", ""), body, secret, time.time())
            with closing(open_database(path)) as database:
                return count(database, json.loads(body))

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True, help="SQLite file; made where it is missing")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    secret = os.environ.get("DATA_PLATFORM_SECRET", "")
    if secret == "":
        sys.exit("DATA_PLATFORM_SECRET is not set: without it anybody could send records")
    with closing(open_database(arguments.database)) as database:
        database.executescript(TABLES)
    handler = handler_for(arguments.database, secret.encode())
    with ThreadingHTTPServer((arguments.host, arguments.port), handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
