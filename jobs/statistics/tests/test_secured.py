"""Brokers that want TLS and a login, as the trial starts one."""

import json
import os

import pytest
from pyspark.errors import StreamingQueryException

from failures import explain, java_text
from sales_statistics import connect, start_counting
from settings import read_settings

WRONG = "wrong-of-the-job"
MECHANISMS = ("PLAIN", "SCRAM-SHA-512")


@pytest.fixture
def settings(tmp_path, database):
    """Settings that fit, but for what is given."""
    told = os.environ.get("STATISTICS_TEST_KAFKA")
    if told is None:
        pytest.skip("STATISTICS_TEST_KAFKA tells no broker to try it on")
    kafka = json.loads(told)

    def of(mechanism, password=kafka["password"], authority="caFile", topic=kafka["topic"]):
        (tmp_path / "password").write_text(f"{password}\n")
        return read_settings(
            [],
            {
                "STATISTICS_KAFKA": kafka["brokers"],
                "STATISTICS_TOPIC": topic,
                "STATISTICS_DATABASE_URL": database,
                "STATISTICS_CHECKPOINT": str(tmp_path),
                "STATISTICS_INTERVAL_SECONDS": "1",
                "STATISTICS_KAFKA_PROTOCOL": "SASL_SSL",
                "STATISTICS_KAFKA_CA_FILE": kafka.get(authority, ""),
                "STATISTICS_KAFKA_MECHANISM": mechanism,
                "STATISTICS_KAFKA_USER": kafka["user"],
                "STATISTICS_KAFKA_PASSWORD_FILE": str(tmp_path / "password"),
            },
        )

    return of


def refusal(spark, settings):
    with pytest.raises(StreamingQueryException) as raised:
        start_counting(spark, settings).processAllAvailable()
    return explain(java_text(raised.value), settings)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_counts_what_a_broker_has_behind_tls_and_a_login(spark, settings, mechanism):
    its = settings(mechanism)
    query = start_counting(spark, its)
    try:
        query.processAllAvailable()
    finally:
        query.stop()
    with connect(its.database) as connection:
        assert connection.execute("SELECT counted::text FROM progress").fetchall() == [("{[1,4)}",)]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_says_that_a_login_is_refused_and_not_by_which_password(spark, settings, mechanism):
    told = refusal(spark, settings(mechanism, password=WRONG))
    assert told.startswith(f"the broker refuses the login by {mechanism}: user or password is wrong")
    assert WRONG not in told


@pytest.mark.parametrize("authority", ["otherCaFile", "that of Java"])
def test_says_that_a_certificate_is_not_trusted(spark, settings, authority):
    told = refusal(spark, settings("PLAIN", authority=authority))
    assert told.startswith("the broker's certificate is not trusted: name the authority")


def test_says_that_there_is_no_such_topic(spark, settings):
    assert refusal(spark, settings("PLAIN", topic="others")).startswith("there is no topic others: create it")
