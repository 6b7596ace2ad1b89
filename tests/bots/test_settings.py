"""Settings from the environment and from `.env`."""

from pathlib import Path

import pytest

from bots.settings import Settings, SettingsError, load_settings, unknown_names


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LATHE_{name.upper()}", raising=False)


def test_without_any_setting_everything_lies_in_the_home(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home", env_file=None)
    assert settings.database == f"sqlite://{tmp_path}/home/lathe.sqlite3"
    assert settings.blobs == f"file://{tmp_path}/home/blobs"
    assert settings.bind == ("127.0.0.1", 8080)
    assert settings.workers >= 1


def test_each_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_environment_is_stronger_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("LATHE_WORKERS=3\nLATHE_WEB_BIND=0.0.0.0:9000\n")
    monkeypatch.setenv("LATHE_WORKERS", "5")
    settings = load_settings(env_file=env_file)
    assert (settings.workers, settings.web_bind) == (5, "0.0.0.0:9000")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATHE_WORKERS", "")
    assert load_settings(env_file=None).workers >= 1


def test_demo_money_counts_at_the_terminal_only_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(env_file=None)
    assert settings.tills_of("terminal") == ("demo", "credit")
    assert settings.tills_of("discord") == ("credit",)
    monkeypatch.setenv("LATHE_TILLS", "demo, credit")
    assert load_settings(env_file=None).tills_of("discord") == ("demo", "credit")
    monkeypatch.setenv("LATHE_TILLS", "credit")
    assert load_settings(env_file=None).tills_of("terminal") == ("credit",)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LATHE_WORKERS", "0", "greater than or equal to 1"),
        ("LATHE_WORKERS", "many", "valid integer"),
        ("LATHE_WEB_BIND", "8080", "not ADDRESS:PORT"),
        ("LATHE_WEB_BIND", "localhost:99999", "not ADDRESS:PORT"),
        ("LATHE_TILLS", "demo,gold", "'gold' is no till"),
        ("LATHE_PUBLIC_URL", "lathe.example", "should match pattern"),
        ("LATHE_LOG", "loud", "no level"),
        ("LATHE_DATABASE_URL", "mysql://db/lathe", "no database URL: it is sqlite:///PATH or postgres://"),
        ("LATHE_DATABASE_URL", "postgres://db", "names no database"),
    ],
)
def test_a_wrong_setting_is_named_with_the_reason(
    name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}.*{why}"):
        load_settings(env_file=None)


def test_a_password_in_a_setting_is_never_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATHE_DATABASE_URL", "postgres://ann:hunter2@db/lathe")
    assert "hunter2" not in repr(load_settings(env_file=None))
    monkeypatch.setenv("LATHE_DATABASE_URL", "postgres://ann:hunter2%zz@db/lathe")
    with pytest.raises(SettingsError, match="cannot be read") as wrong:
        load_settings(env_file=None)
    assert "hunter2" not in str(wrong.value)


def test_a_misspelt_name_is_found_with_the_one_that_was_meant(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("# LATHE_COMMENT=1\nexport LATHE_WORKRES=2\nLATHE_HOME=/there\n")
    assert unknown_names({"LATHE_ZZZ": "1", "PATH": "/bin"}, env_file) == {
        "LATHE_WORKRES": "LATHE_WORKERS",
        "LATHE_ZZZ": None,
    }
