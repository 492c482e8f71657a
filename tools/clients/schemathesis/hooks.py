"""What the document says in a word and schemathesis would not know: times are in UTC, ids of RFC 9562's versions."""

import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("uuid", st.uuids(version=4).map(str))
schemathesis.openapi.format(
    "date-time", st.datetimes(timezones=st.none()).map(lambda moment: f"{moment.isoformat(timespec='milliseconds')}Z")
)
