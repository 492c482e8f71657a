import os
from hashlib import sha256

import psycopg
import pytest

import book
from sales_statistics import spark_session


def pytest_addoption(parser):
    parser.addoption("--sample", type=int, help="of the tests with Spark, which take longest, only so many")
    parser.addoption("--sample-seed", default="", help="the same ones for the same seed")


def pytest_collection_modifyitems(config, items):
    count, seed = config.getoption("sample"), config.getoption("sample_seed")
    if count is None:
        return
    with_spark = [item for item in items if "spark" in item.fixturenames]
    with_spark.sort(key=lambda item: sha256(f"{seed} {item.nodeid}".encode()).digest())
    left = with_spark[count:]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", "--master local[1] --driver-memory 512m pyspark-shell")
    # Compiling each plan would take most of the time, for some rows.
    codegen = "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN"
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{codegen} {os.environ['PYSPARK_SUBMIT_ARGS']}"
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = spark_session(tmp_path_factory.mktemp("scratch"))
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def database():
    """The URL of an empty database with the tables; what is in it is thrown away."""
    url = os.environ.get("STATISTICS_TEST_DATABASE_URL")
    if url is None:
        pytest.skip("STATISTICS_TEST_DATABASE_URL names no PostgreSQL to try it on")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        book.migrate(connection, "orders")
    return url
