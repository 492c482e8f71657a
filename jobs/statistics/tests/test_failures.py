from contextlib import nullcontext
from dataclasses import replace

import psycopg
import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as f

import book
import sales_statistics
from failures import explain, java_text
from sales_statistics import rest_s, start_counting
from settings import read_settings

SETTINGS = read_settings(
    ["--batch-max", "100", "--interval-seconds", "5"],
    {"STATISTICS_KAFKA": "kafka:9092", "STATISTICS_DATABASE_URL": "postgres://me:secret@host/statistics"},
)
KAFKA = "org.apache.kafka.common.errors"


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (f"{KAFKA}.TopicAuthorizationException: Not authorized", "the user may not read topic orders, or there is none"),
        (f"{KAFKA}.GroupAuthorizationException: Not authorized", "the user may not read in a group: grant it Read"),
        (f"{KAFKA}.UnknownTopicOrPartitionException: This server", "there is no topic orders: create it"),
        (f"{KAFKA}.TimeoutException: Timed out waiting", "no broker of kafka:9092 answers: does it run"),
        ("org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls", "no host of kafka:9092 has"),
        ("java.security.cert.CertificateExpiredException: NotAfter", "the broker's certificate has expired"),
        ("java.security.cert.CertificateException: No subject alternative", "the broker's certificate is for another"),
        ("javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", "the broker does not speak TLS"),
    ],
)
def test_says_in_a_sentence_what_java_says_in_many_lines(cause, sentence):
    text = f"[STREAM_FAILED] Query\n\tat a.b(C.java:1)\nCaused by: {cause}\n\tat d.e(F.java:2)"
    told = explain(text, SETTINGS)
    assert told.startswith(sentence)
    assert "\n" not in told
    assert told.endswith(f"({cause.split('.')[-1]})")


def test_tells_the_last_cause_of_what_it_does_not_know():
    assert explain("A\nCaused by: x.B: one\nCaused by: x.y.C: two\n\tat", SETTINGS) == "Kafka is not read: C: two"
    assert explain("Something else\n\tat a.b", SETTINGS) == "Kafka is not read: Something else"


def of_python(*raised):
    """As Java tells that a batch was not counted: once as the query's error, once more as its cause."""
    traceback = "\n\nDuring handling of the above exception, another exception occurred:\n\n".join(
        f'Traceback (most recent call last):\n  File "a.py", line 1, in call\n    b()\n    ~^^\n{error}'
        for error in raised
    )
    told = f"An exception was raised by the Python Proxy. Return Message: {traceback}\n"
    return f"[STREAM_FAILED] Query: {told} SQLSTATE: XXKST\n\tat a.b\nCaused by: py4j.Py4JException: {told}\n\tat c.d"


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (["psycopg.errors.InsufficientPrivilege: permission denied\nLINE 1: …"], "the database: permission denied"),
        (["psycopg.InterfaceError: the connection is closed"], "the database: the connection is closed"),
        (["book.OtherTables: its figures are of the topic a"], "the database: its figures are of the topic a"),
        (["psycopg.Error: one", "book.OtherTables: two"], "the database: two"),
        (["ZeroDivisionError: division by zero"], "a batch was not counted: ZeroDivisionError: division by zero"),
        (["psycopg.Error: one", "KeyError: 'two'"], "a batch was not counted: KeyError: 'two'"),
        (
            [f"py4j.protocol.Py4JJavaError: An error occurred\nCaused by: {KAFKA}.TimeoutException: Timed out"],
            "no broker of kafka:9092 answers: does it run, are host and port right, and does it speak PLAINTEXT there? "
            "(TimeoutException: Timed out)",
        ),
        (
            ["py4j.protocol.Py4JJavaError: An error occurred\nCaused by: java.lang.OutOfMemoryError: Java heap space"],
            "a batch does not fit into the memory: lower --batch-max or STATISTICS_BATCH_MAX, and remove the "
            "checkpoint, since a batch that has begun keeps its size (OutOfMemoryError: Java heap space)",
        ),
    ],
)
def test_tells_the_errors_of_a_batch_as_its_own(raised, told):
    assert explain(of_python(*raised), SETTINGS) == told


def test_tells_of_a_batch_in_a_query_whose_error_it_is(spark, tmp_path, monkeypatch):
    def refused(*_):
        raise psycopg.errors.InsufficientPrivilege("permission denied for table progress\nLINE 1: INSERT")

    ticks = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 1).load()
    value = f.lit("{}").cast("binary").alias("value")
    records = ticks.select(f.lit(0).alias("partition"), f.col("value").alias("offset"), value)
    monkeypatch.setattr(sales_statistics, "messages_of", lambda *_: records)
    monkeypatch.setattr(sales_statistics, "connect", lambda *_: nullcontext())
    monkeypatch.setattr(book, "lock", refused)
    settings = replace(SETTINGS, checkpoint=str(tmp_path))
    with pytest.raises(StreamingQueryException) as raised:
        start_counting(spark, settings).processAllAvailable()
    assert explain(java_text(raised.value), settings) == "the database: permission denied for table progress"


@pytest.mark.parametrize(("size", "took_s", "rest"), [(0, 1, 4), (50, 1, 4), (50, 7, 0), (51, 1, 0), (100, 1, 0)])
def test_rests_unless_more_has_piled_up(size, took_s, rest):
    assert rest_s(SETTINGS, size, took_s) == rest
