import pytest

from failures import explain
from sales_statistics import rest_s
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


@pytest.mark.parametrize(("size", "took_s", "rest"), [(0, 1, 4), (50, 1, 4), (50, 7, 0), (51, 1, 0), (100, 1, 0)])
def test_rests_unless_more_has_piled_up(size, took_s, rest):
    assert rest_s(SETTINGS, size, took_s) == rest
