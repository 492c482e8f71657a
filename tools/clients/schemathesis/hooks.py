"""What the document says in a word and schemathesis would not know: the years of times, ids of RFC 9562's versions."""

from datetime import datetime, timedelta, timezone

import schemathesis
from hypothesis import strategies as st

DAY_MINUTES = 24 * 60

offsets = st.integers(1 - DAY_MINUTES, DAY_MINUTES - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Of the years 0001 to 9999 in UTC, too.
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets | st.just(timezone.utc))


def written(moment):
    text = moment.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


schemathesis.openapi.format("uuid", st.uuids(version=4).map(str))
schemathesis.openapi.format("date-time", times.map(written))
