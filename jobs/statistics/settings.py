"""What the job is told, by options or by the environment, looked at before anything is started."""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
BATCH_MOST = 20_000
INTERVAL_MOST = 3_600

BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\],\s/@]+):(\d{1,5})")
TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
# libpq splits at the first @ and tells what follows as a host's name: a second one is of a password.
DATABASE = re.compile(r"postgres(ql)?://([^@/\s]*@[^@/\s]*|[^@/\s]+)/[^@/\s?]+(\?\S*)?")


class Unfit(Exception):
    """A setting that does not fit; its message names it, and never holds a secret."""


@dataclass(frozen=True)
class Settings:
    kafka: str
    topic: str
    database: str
    reader: str | None
    checkpoint: str
    batch_max: int
    interval_seconds: int
    protocol: str
    ca_file: str | None
    mechanism: str | None
    user: str | None
    password_file: str | None


@dataclass(frozen=True)
class Option:
    name: str
    preset: str | None
    about: str

    @property
    def flag(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        return VARIABLES.get(self.name, f"STATISTICS_{self.name.upper()}")


VARIABLES = {
    "database": "STATISTICS_DATABASE_URL",
    "protocol": "STATISTICS_KAFKA_PROTOCOL",
    "ca_file": "STATISTICS_KAFKA_CA_FILE",
    "mechanism": "STATISTICS_KAFKA_MECHANISM",
    "user": "STATISTICS_KAFKA_USER",
    "password_file": "STATISTICS_KAFKA_PASSWORD_FILE",
}

OPTIONS = (
    Option("kafka", None, "host:port[,host:port] of brokers"),
    Option("topic", "orders", "the topic with the shop's records"),
    Option("database", None, "postgres://user:password@host/database for the figures, which nothing else uses"),
    Option("reader", None, "a role of the database that may read the figures, and nothing more"),
    Option("checkpoint", ".local/statistics", "folder in which Spark keeps its place; it may be lost"),
    Option("batch_max", "2000", f"records of a batch, at most {BATCH_MOST}"),
    Option("interval_seconds", "5", f"from the start of a batch to that of the next one, at most {INTERVAL_MOST}"),
    Option("protocol", "PLAINTEXT", f"how brokers are spoken to: {', '.join(PROTOCOLS)}"),
    Option("ca_file", None, "PEM file with the authorities of the brokers' certificates, in place of those of Java"),
    Option("mechanism", None, f"of the login: {', '.join(MECHANISMS)}"),
    Option("user", None, "of the login"),
    Option("password_file", None, "file with the password of the login"),
)


def parser() -> argparse.ArgumentParser:
    its = argparse.ArgumentParser(
        prog="sales_statistics.py",
        description="Counts the shop's records in a Kafka topic into hourly figures in PostgreSQL, each once.",
        allow_abbrev=False,
    )
    for option in OPTIONS:
        preset = "" if option.preset is None else f"; {option.preset} unless told"
        its.add_argument(option.flag, dest=option.name, help=f"{option.about} ({option.variable}{preset})")
    return its


def read_settings(args: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """From options, else from variables; one that is there and empty is as one that is not.

    Raises Unfit.
    """
    given = vars(parser().parse_args(args))
    values = {
        option.name: given[option.name] or environment.get(option.variable) or option.preset for option in OPTIONS
    }
    checked = {
        **values,
        "kafka": _matching("kafka", values["kafka"], _is_brokers, "must be host:port[,host:port]"),
        "topic": _matching("topic", values["topic"], TOPIC.fullmatch, "is no name of a topic"),
        "database": _matching(
            "database",
            values["database"],
            _is_database,
            "must be postgres://user:password@host/database, with what is special in the password percent-encoded "
            "(@ as %40, / as %2F, % as %25)",
        ),
        "batch_max": _number("batch_max", values["batch_max"], BATCH_MOST),
        "interval_seconds": _number("interval_seconds", values["interval_seconds"], INTERVAL_MOST),
        "protocol": _matching("protocol", values["protocol"], PROTOCOLS.__contains__, f"must be one of {PROTOCOLS}"),
    }
    settings = Settings(**checked)
    _check_security(settings)
    return settings


def kafka_options(settings: Settings) -> dict[str, str]:
    """How Spark reaches the brokers; a password is read from its file now."""
    options = {
        "kafka.bootstrap.servers": settings.kafka,
        "kafka.security.protocol": settings.protocol,
        "kafka.client.id": "jangteo-statistics",
    }
    if settings.ca_file is not None:
        options |= {
            "kafka.ssl.truststore.type": "PEM",
            "kafka.ssl.truststore.location": str(Path(settings.ca_file).resolve()),
        }
    if settings.mechanism is not None:
        options |= {
            "kafka.sasl.mechanism": settings.mechanism,
            "kafka.sasl.jaas.config": _login(settings.mechanism, settings.user, _password(settings.password_file)),
        }
    return options


def _named(name: str) -> str:
    option = next(option for option in OPTIONS if option.name == name)
    return f"{option.flag} or {option.variable}"


def _matching(name: str, value: str | None, fits, problem: str) -> str:
    if value is None:
        raise Unfit(f"{_named(name)} is needed")
    if not fits(value):
        raise Unfit(f"{_named(name)} {problem}")
    return value


def _is_brokers(text: str) -> bool:
    matches = [BROKER.fullmatch(broker) for broker in text.split(",")]
    return all(match is not None and 1 <= int(match[2]) <= 65_535 for match in matches)


def _is_database(text: str) -> bool:
    if DATABASE.fullmatch(text) is None:
        return False
    try:
        conninfo_to_dict(text)
    # It would tell of a password what is not well encoded.
    except ProgrammingError:
        return False
    return True


def _number(name: str, value: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise Unfit(f"{_named(name)} must be a whole number from 1 to {most}")
    return int(value)


def _check_security(settings: Settings) -> None:
    login = ("mechanism", "user", "password_file")
    if settings.protocol.startswith("SASL"):
        for name in login:
            if getattr(settings, name) is None:
                raise Unfit(f"{_named(name)} is needed with {settings.protocol}")
        if settings.mechanism not in MECHANISMS:
            raise Unfit(f"{_named('mechanism')} must be one of {MECHANISMS}")
        _password(settings.password_file)
    else:
        for name in login:
            if getattr(settings, name) is not None:
                raise Unfit(f"{_named(name)} is for SASL_SSL and SASL_PLAINTEXT, not for {settings.protocol}")
    if settings.ca_file is not None:
        if not settings.protocol.endswith("SSL"):
            raise Unfit(f"{_named('ca_file')} is for SSL and SASL_SSL, not for {settings.protocol}")
        if "-----BEGIN CERTIFICATE-----" not in _text("ca_file", settings.ca_file):
            raise Unfit(f"{_named('ca_file')}: the file holds no certificate in PEM")


def _text(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unfit(f"{_named(name)}: the file cannot be read") from error


def _password(path: str) -> str:
    password = _text("password_file", path).rstrip("\r\n")
    if password == "" or re.search(r"[\r\n\0]", password):
        raise Unfit(f"{_named('password_file')}: the file must hold one line, the password")
    return password


def _login(mechanism: str, user: str, password: str) -> str:
    kind = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
    return (
        f"org.apache.kafka.common.security.{kind} required "
        f"username={_quoted(user)} password={_quoted(password)};"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
