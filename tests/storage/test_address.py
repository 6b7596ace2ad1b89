"""Where the database is: read from one setting, and never told with its password."""

import pytest

from storage.address import BadAddress, checked, kind_of, parameters, shown
from storage.database import configuration

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:///var/lathe.sqlite3", "sqlite"),
        ("sqlite://lathe.sqlite3", "sqlite"),
        ("postgres://ann@db.example/lathe", "postgres"),
        ("postgresql://ann@db.example/lathe", "postgres"),
    ],
)
def test_an_address_says_what_kind_of_database_it_is(address: str, expected: str) -> None:
    assert kind_of(address) == expected
    assert list(configuration(checked(address))["connections"]) == [expected]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "postgres://ann:p%40ss@db.example:5433/lathe",
            {"user": "ann", "password": "p@ss", "host": "db.example", "port": "5433", "dbname": "lathe"},
        ),
        ("postgresql://ann@/lathe?host=/run/pg", {"user": "ann", "host": "/run/pg", "dbname": "lathe"}),
        ("postgres://db/lathe?sslmode=require", {"host": "db", "dbname": "lathe", "sslmode": "require"}),
        ("postgres://a:1,b:2/lathe", {"host": "a,b", "port": "1,2", "dbname": "lathe"}),
        ("postgres://[::1]/lathe", {"host": "::1", "dbname": "lathe"}),
        ("postgres://?service=lathe", {"service": "lathe"}),
    ],
)
def test_everything_that_postgresql_itself_understands_may_stand_in_it(
    address: str, said: dict[str, str]
) -> None:
    assert parameters(address) == said


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lathe.sqlite3",
        "sqlite://",
        f"mysql://ann:{SECRET}@db/lathe",
        f"psycopg://ann:{SECRET}@db/lathe",
        f"postgres:ann:{SECRET}@db/lathe",
        f"postgres://ann:{SECRET}@db",
        f"postgres://ann:{SECRET}%zz@db/lathe",
        f"postgres://ann:{SECRET}@db:many/lathe?{SECRET}",
        f"postgres://ann:{SECRET}@db/lathe?colour={SECRET}",
    ],
)
def test_a_wrong_address_is_refused_with_what_a_right_one_looks_like_and_without_its_password(
    address: str,
) -> None:
    with pytest.raises(
        BadAddress, match="sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"
    ) as refused:
        checked(address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:///var/lathe.sqlite3", "sqlite:///var/lathe.sqlite3"),
        (f"postgres://ann:{SECRET}@db.example:5433/lathe", "postgres://ann@db.example:5433/lathe"),
        (f"postgresql://ann@db/lathe?password={SECRET}&sslpassword={SECRET}", "postgres://ann@db/lathe"),
        ("postgres:///lathe", "postgres://localhost/lathe"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, expected: str) -> None:
    assert shown(address) == expected
