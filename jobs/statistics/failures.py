"""Why the query ended, and what to do about it, in a sentence."""

import re
from collections.abc import Callable

from pyspark.errors.exceptions.base import PySparkException

from settings import Settings

# By what is somewhere among the causes that Java tells, the first that fits.
RULES: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    (
        r"SslAuthenticationException[\s\S]*(PKIX path|certification path|trust anchor|signature check failed)",
        lambda its: "the broker's certificate is not trusted: name the authority that issued it in --ca-file or "
        "STATISTICS_KAFKA_CA_FILE",
    ),
    (
        r"No subject alternative|No name matching",
        lambda its: "the broker's certificate is for another name: use the hosts that stand in it, in --kafka and in "
        "the brokers' advertised.listeners",
    ),
    (
        r"CertificateExpired|CertificateNotYetValid",
        lambda its: "the broker's certificate has expired, or is not valid yet: renew it, and look at the clocks of both",
    ),
    (
        r"Unsupported or unrecognized SSL message",
        lambda its: "the broker does not speak TLS on this port: use the port of its TLS listener",
    ),
    (
        r"certificate_required|bad_certificate",
        lambda its: "the broker asks for a certificate, and the job has none: use a listener that asks for a login",
    ),
    (
        r"UnsupportedSaslMechanismException",
        lambda its: f"the broker has no login by {its.mechanism}: set --mechanism or STATISTICS_KAFKA_MECHANISM to one "
        "that it enables",
    ),
    (
        r"IllegalSaslStateException",
        lambda its: "the broker takes no login on this port: use the port of its SASL listener, or --protocol SSL",
    ),
    (
        r"SaslAuthenticationException",
        lambda its: f"the broker refuses the login by {its.mechanism}: user or password is wrong, or the user has no "
        "password for this mechanism",
    ),
    (
        r"TopicAuthorizationException",
        lambda its: f"the user may not read topic {its.topic}, or there is none: grant it Read and Describe on the topic",
    ),
    (
        r"GroupAuthorizationException",
        lambda its: "the user may not read in a group: grant it Read on the groups that begin with spark-kafka-source-",
    ),
    (
        r"UnknownTopicOrPartitionException",
        lambda its: f"there is no topic {its.topic}: create it",
    ),
    (
        r"No resolvable bootstrap urls",
        lambda its: f"no host of {its.kafka} has an address: look at --kafka or STATISTICS_KAFKA",
    ),
    (
        r"Failed to load PEM SSL",
        lambda its: "the file of --ca-file or STATISTICS_KAFKA_CA_FILE holds something else than certificates",
    ),
    (
        r"errors\.TimeoutException",
        lambda its: f"no broker of {its.kafka} answers: does it run, are host and port right, and does it speak "
        f"{its.protocol} there?",
    ),
)
CAUSE = re.compile(r"^Caused by: (?:[\w.$]+\.)?(\w+(?:: .*)?)$", re.MULTILINE)
# A batch is counted in Python, which Java calls and tells as a text: the line below the frames is the error.
RAISED = re.compile(r"Traceback \(most recent call last\):\n(?: .*\n)+(\S.*)$", re.MULTILINE)
OF_DATABASE = re.compile(r"(?:psycopg(?:\.errors)?|book)\.\w+: (.*)")
NO_MEMORY = re.compile(r"\bOutOfMemoryError|^MemoryError", re.MULTILINE)


def java_text(error: PySparkException) -> str:
    """An error of Java's with all its causes."""
    # The only place that has these.
    return f"{error}\n{getattr(error, '_stackTrace', '')}"


def explain(text: str, settings: Settings) -> str:
    """Says it in a sentence; in brackets what Java said last."""
    raised = RAISED.findall(text)
    of_database = OF_DATABASE.fullmatch(raised[-1]) if raised else None
    if of_database is not None:
        return f"the database: {of_database[1]}"
    # Who called Python says what Python said, and nothing of its own.
    causes = [cause for cause in CAUSE.findall(text) if not cause.startswith("Py4JException")]
    said = (causes or raised or [text.strip().split("\n")[0]])[-1][:300]
    # Without a batch it is Kafka's client, which takes an answer in TLS for one of hundreds of megabytes.
    if raised and NO_MEMORY.search(text):
        return (
            "a batch does not fit into the memory: lower --batch-max or STATISTICS_BATCH_MAX, and remove the "
            f"checkpoint, since a batch that has begun keeps its size ({said})"
        )
    for pattern, sentence in RULES:
        if re.search(pattern, text):
            return f"{sentence(settings)} ({said})"
    return f"{'a batch was not counted' if raised else 'Kafka is not read'}: {said}"
