"""Hears of completed and cancelled orders by webhook, and keeps each one once, in a file of SQLite.

    WEBHOOK_SECRET=whsec_... python3 examples/webhook_receiver.py

Python 3.9 or later with nothing but its standard library. The shop numbers its records without a gap and sends the
next one when the one before was confirmed. So the number of the last one that is kept, the cursor, is all that has to
be remembered: what is not above it has come before.
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

BODY_BYTES_MAX = 1_048_576
TOLERANCE_SECONDS = 300

SCHEMA = """
CREATE TABLE IF NOT EXISTS sales (sequence INTEGER PRIMARY KEY, type TEXT, order_id TEXT, total INTEGER);
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER);
INSERT OR IGNORE INTO cursor VALUES (1, 0);
"""


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


def take(record):
    """Keeps a record together with the cursor: both are on the disk when this returns, or neither."""
    database = sqlite3.connect(DATABASE, isolation_level=None, timeout=5)
    try:
        database.execute("BEGIN IMMEDIATE")
        (cursor,) = database.execute("SELECT sequence FROM cursor").fetchone()
        sequence = record["sequence"]
        if sequence <= cursor:
            return 204, f"repeated {sequence}"
        if cursor > 0 and sequence > cursor + 1:
            # It is sent again, until the shop was told to resend from the first that is missing.
            return 409, f"missing {cursor + 1}: resend from there"
        kept = (sequence, record["type"], record["orderId"], record["totalPrice"])
        database.execute("INSERT INTO sales VALUES (?, ?, ?, ?)", kept)
        database.execute("UPDATE cursor SET sequence = ?", (sequence,))
        database.execute("COMMIT")
        return 204, "kept {} {} {} {}".format(*kept)
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
        return (204, "test") if event["type"] == "webhook.test" else take(event["data"])

    def log_message(self, *_):
        """Says nothing by itself."""


def main():
    if not SECRETS:
        raise SystemExit("WEBHOOK_SECRET is not set: POST /admin/webhooks answers with it, once")
    with sqlite3.connect(DATABASE) as database:
        database.executescript(SCHEMA)
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
    print(f"listening on {PORT}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
