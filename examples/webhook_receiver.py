"""Hears of completed and cancelled orders by webhook, and keeps each one once, in a file of SQLite.

    WEBHOOK_SECRET=whsec_... python3 examples/webhook_receiver.py

Python 3.9 or later with nothing but its standard library. The shop numbers its records without a gap and sends the
next one when the one before was confirmed. So nothing was missed where each number follows the one before it, the
cursor. What has come before is known by its webhook-id, which no other record ever has; numbers are given anew once
the shop was restored from a backup.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Two, separated by a comma, while the secret is rotated.
SECRETS = [secret for secret in os.environ.get("WEBHOOK_SECRET", "").split(",") if secret]
PORT = int(os.environ.get("PORT", "8402"))
DATABASE = os.environ.get("DATABASE", "webhooks-py.sqlite")
# To go on after this number where the shop has no record between the cursor and it.
AFTER = int(os.environ.get("AFTER", "0"))

BODY_BYTES_MAX = 1_048_576
RESTORING = "docs/operations.md#when-a-database-is-restored-to-an-older-moment"
TOLERANCE_SECONDS = 300

SCHEMA = """
CREATE TABLE IF NOT EXISTS sales (message_id TEXT PRIMARY KEY, sequence INTEGER UNIQUE, type TEXT, order_id TEXT,
  total INTEGER);
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER);
INSERT OR IGNORE INTO cursor VALUES (1, 0);
"""


MOVE_CURSOR = "UPDATE cursor SET sequence = max(sequence, ?)"


class Refused(Exception):
    """The message is not from the shop, or too old."""


def verify(body, headers):
    """Verifies a message by Standard Webhooks, and reads its JSON. Raises Refused."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit():
        raise Refused("webhook-timestamp is none")
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Refused("the message is too old, or the clocks differ")
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [part[3:] for part in headers.get("webhook-signature", "").split(" ") if part.startswith("v1,")]
    for secret in SECRETS:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        if any(hmac.compare_digest(wanted, signature.encode()) for signature in signatures):
            return json.loads(body)
    raise Refused("the signature is not of this secret")


def hindrance_of(database, message_id, sequence):
    """What somebody has to do before a record can be taken, which is sent again until then."""
    (cursor,) = database.execute("SELECT sequence FROM cursor").fetchone()
    if cursor > 0 and sequence > cursor + 1:
        resend = f"npm run ops -- webhooks resend <webhook id> --from {cursor + 1}"
        go_on = f"where the shop was restored and has none start me with AFTER={sequence - 1}"
        return f"missing {cursor + 1}: {resend}, or {go_on}"
    holder = database.execute("SELECT message_id FROM sales WHERE sequence = ?", (sequence,)).fetchone()
    if holder is None or holder[0] == message_id:
        return None
    restored = f"the shop was restored, have its numbers go on after {cursor} ({RESTORING})"
    return f"taken {sequence} by {holder[0]}: {restored}"


def take(message_id, record):
    """Keeps a record together with the cursor: both are on the disk when this returns, or neither."""
    database = sqlite3.connect(DATABASE, isolation_level=None, timeout=5)
    try:
        database.execute("BEGIN IMMEDIATE")
        sequence = record["sequence"]
        hindrance = hindrance_of(database, message_id, sequence)
        if hindrance is not None:
            return 409, hindrance
        told = (sequence, record["type"], record["orderId"], record["totalPrice"])
        known = database.execute("SELECT 1 FROM sales WHERE message_id = ?", (message_id,)).fetchone()
        if known is None:
            database.execute("INSERT INTO sales VALUES (?, ?, ?, ?, ?)", (message_id, *told))
        database.execute(MOVE_CURSOR, (sequence,))
        database.execute("COMMIT")
        return 204, "{} {} {} {} {}".format("kept" if known is None else "repeated", *told)
    finally:
        # Ends a transaction that was not committed.
        database.close()


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        try:
            status, line = self.answer()
        except Refused as error:
            status, line = 401, f"refused: {error}"
        except Exception as error:  # Whatever it is: not kept, so not confirmed, and it comes again.
            status, line = 500, f"failed: {error!r}"
        print(line, flush=True)
        body = b"" if status < 300 else line.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        length = self.headers.get("content-length", "")
        if not length.isdigit():
            return 411, "refused: of no length"
        if int(length) > BODY_BYTES_MAX:
            return 413, "refused: too large"
        event = verify(self.rfile.read(int(length)), self.headers)
        return (204, "test") if event["type"] == "webhook.test" else take(self.headers["webhook-id"], event["data"])

    def log_message(self, *_):
        """Says nothing by itself."""


def main():
    if not SECRETS:
        raise SystemExit("WEBHOOK_SECRET is not set: POST /admin/webhooks answers with it, once")
    with sqlite3.connect(DATABASE) as database:
        database.executescript(SCHEMA)
        database.execute(MOVE_CURSOR, (AFTER,))
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
    print(f"listening on {PORT}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
