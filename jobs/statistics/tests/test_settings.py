import pytest

from settings import Unfit, kafka_options, read_settings

NEEDED = {"STATISTICS_KAFKA": "kafka:9092", "STATISTICS_DATABASE_URL": "postgres://me:secret@host/statistics"}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n…")
    (tmp_path / "password").write_text('a "quoted" \\ one\n')
    return tmp_path


def login(files, **more):
    return {
        **NEEDED,
        "STATISTICS_KAFKA_PROTOCOL": "SASL_SSL",
        "STATISTICS_KAFKA_CA_FILE": str(files / "ca.pem"),
        "STATISTICS_KAFKA_MECHANISM": "SCRAM-SHA-512",
        "STATISTICS_KAFKA_USER": "statistics",
        "STATISTICS_KAFKA_PASSWORD_FILE": str(files / "password"),
        **more,
    }


def test_takes_the_environment_and_its_own_presets():
    settings = read_settings([], {**NEEDED, "STATISTICS_TOPIC": ""})
    assert (settings.kafka, settings.topic, settings.batch_max) == ("kafka:9092", "orders", 2_000)
    assert kafka_options(settings) == {
        "kafka.bootstrap.servers": "kafka:9092",
        "kafka.security.protocol": "PLAINTEXT",
        "kafka.client.id": "jangteo-statistics",
    }


def test_lets_options_win():
    settings = read_settings(["--kafka", "[::1]:1,b:65535", "--batch-max", "7"], NEEDED)
    assert (settings.kafka, settings.batch_max) == ("[::1]:1,b:65535", 7)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATISTICS_KAFKA", ""),
        ("STATISTICS_KAFKA", "kafka"),
        ("STATISTICS_KAFKA", "kafka:0"),
        ("STATISTICS_KAFKA", "kafka:65536"),
        ("STATISTICS_KAFKA", "a:1,"),
        ("STATISTICS_TOPIC", "a b"),
        ("STATISTICS_DATABASE_URL", ""),
        ("STATISTICS_DATABASE_URL", "mysql://me:secret@host/statistics"),
        ("STATISTICS_DATABASE_URL", "postgres://me:secret@host"),
        ("STATISTICS_DATABASE_URL", "postgres://me:a@secret@host/statistics"),
        ("STATISTICS_DATABASE_URL", "postgres://me:a/secret@host/statistics"),
        ("STATISTICS_DATABASE_URL", "postgres://me:a/secret@host"),
        ("STATISTICS_DATABASE_URL", "postgres://me:%secret@host/statistics"),
        ("STATISTICS_DATABASE_URL", "postgres://me@host/statistics?password=secret&secret"),
        ("STATISTICS_BATCH_MAX", "0"),
        ("STATISTICS_BATCH_MAX", "20001"),
        ("STATISTICS_INTERVAL_SECONDS", "1.5"),
        ("STATISTICS_KAFKA_PROTOCOL", "TLS"),
        ("STATISTICS_KAFKA_USER", "somebody"),
        ("STATISTICS_KAFKA_CA_FILE", "/ca.pem"),
    ],
)
def test_names_what_does_not_fit_and_tells_no_secret(name, value):
    with pytest.raises(Unfit, match=name) as raised:
        read_settings([], {**NEEDED, name: value})
    assert "secret" not in str(raised.value)


def test_says_how_a_password_is_written():
    with pytest.raises(Unfit, match="percent-encoded .@ as %40"):
        read_settings(["--database", "postgres://me:a@b@host/statistics"], NEEDED)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:a%40secret%25@host/statistics",
        "postgresql://[::1]:5432/statistics?sslmode=verify-full",
        "postgres://me:secret@a:1,b:2/statistics",
        "postgres://me:secret@/statistics?host=/run/postgresql",
    ],
)
def test_takes_what_libpq_takes(url):
    assert read_settings(["--database", url], NEEDED).database == url


def test_refuses_an_option_that_there_is_not():
    with pytest.raises(SystemExit):
        read_settings(["--kafk", "a:1"], NEEDED)


def test_logs_in_over_tls(files):
    assert kafka_options(read_settings([], login(files))) == {
        "kafka.bootstrap.servers": "kafka:9092",
        "kafka.security.protocol": "SASL_SSL",
        "kafka.client.id": "jangteo-statistics",
        "kafka.ssl.truststore.type": "PEM",
        "kafka.ssl.truststore.location": str(files / "ca.pem"),
        "kafka.sasl.mechanism": "SCRAM-SHA-512",
        "kafka.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required "
        'username="statistics" password="a \\"quoted\\" \\\\ one";',
    }


@pytest.mark.parametrize("name", ["MECHANISM", "USER", "PASSWORD_FILE"])
def test_needs_the_whole_login(files, name):
    with pytest.raises(Unfit, match=f"STATISTICS_KAFKA_{name} is needed"):
        read_settings([], login(files, **{f"STATISTICS_KAFKA_{name}": ""}))


@pytest.mark.parametrize(
    ("name", "text"),
    [("ca.pem", "no certificate"), ("ca.pem", None), ("password", "\n"), ("password", "one\ntwo"), ("password", None)],
)
def test_looks_into_its_files(files, name, text):
    (files / name).unlink() if text is None else (files / name).write_text(text)
    with pytest.raises(Unfit, match="FILE: the file"):
        read_settings([], login(files))
