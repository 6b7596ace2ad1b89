"""The command line, each command as a process of its own."""

import hashlib
import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import soundfile

from tests.bots.lathe import Desk, command, lathe, surroundings

KEYS = {
    "input", "output", "lufs_in", "lufs", "true_peak_in", "true_peak", "lra_in", "lra", "target", "ceiling",
    "duration", "seconds", "cpu_seconds", "settings", "files", "advice",
}  # fmt: skip


def test_the_demo_makes_and_verifies_a_master(tmp_path: Path, song: Path) -> None:
    done = lathe("demo", song, cwd=tmp_path, LATHE_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("Pay $6", "Mastering", "Ask for changes", "Midnight Drive v2", "Approve"):
        assert said in done.stdout
    assert re.search(r"Midnight Drive +-\d+\.\d → -13\.0 +\S+ → -1\.\d +\S+ → \d+\.\d", done.stdout)
    end = done.stdout.partition("Before and after")[2]
    paths = [Path(line.strip()) for line in end.splitlines() if line.startswith("  /")]
    assert len(paths) >= 7
    assert all(path.is_file() for path in paths)
    words = [line for line in done.stdout.splitlines() if "/home/" not in line]
    assert max(map(len, words)) <= 80


@pytest.mark.parametrize(
    ("content", "told"), [(b"this is not a song", "not a sound file"), (None, "No such file or directory")]
)
def test_the_demo_says_in_one_sentence_what_is_wrong_with_a_file(
    content: bytes | None, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "poem.wav"
    if content is not None:
        file.write_bytes(content)
    done = lathe("demo", file, cwd=tmp_path, LATHE_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert told in done.stderr


def test_the_service_tells_how_it_is_and_stops_when_told_to(tmp_path: Path) -> None:
    service = subprocess.Popen(
        command("run", "--home", tmp_path / "home"),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=surroundings(LATHE_WEB_BIND="127.0.0.1:0", LATHE_LOG="error"),
    )
    assert service.stderr is not None
    told = ""
    while "Web door" not in told:
        told = service.stderr.readline()
        assert told, "it ended"
    (address,) = re.findall(r"http://[\d.:]+", told)
    for path in ("/livez", "/readyz"):
        with urllib.request.urlopen(address + path) as answer:
            assert json.load(answer)["ok"]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address + "/other")
    second = lathe("chat", "--home", tmp_path / "home", cwd=tmp_path)
    assert second.returncode == 1
    assert f"in use by 'lathe run' (process {service.pid}" in second.stderr
    granted = lathe("grant", "owner", "terminal:bo", "--home", tmp_path / "home", cwd=tmp_path)
    assert granted.returncode == 0, granted.stderr
    service.send_signal(signal.SIGTERM)
    rest = service.communicate(timeout=60)[1]
    assert service.returncode == 0, rest


def test_who_was_granted_a_role_on_the_command_line_has_it_in_the_chat(desk: Desk) -> None:
    done = lathe("grant", "owner", "terminal:bo", "--home", desk.home, cwd=desk.home.parent)
    assert done.returncode == 0, done.stderr
    shown = desk.chat("!as bo", "/grant support terminal:cy", "!as cy", "/grant owner terminal:cy")
    assert [message["text"] for message in shown] == [
        "terminal:cy is now support.",
        "You are support here; that is for: owner.",
    ]


@pytest.mark.parametrize("arguments", [("king", "terminal:bo"), ("owner", "bo")])
def test_a_role_or_a_person_that_means_nothing_is_refused(arguments: tuple[str, str], tmp_path: Path) -> None:
    done = lathe("grant", *arguments, "--home", tmp_path, cwd=tmp_path)
    assert done.returncode == 2


def test_the_doctor_finds_what_is_wrong_line_by_line(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('currency = "dollars"\n\n[windows]\nfirst_days = 0\n')
    done = lathe(
        "doctor", "--home", tmp_path / "home", cwd=tmp_path, LATHE_RULES=str(rules), LATHE_WORKRES="2"
    )
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong")]
    assert done.returncode == 1
    assert any("rules.toml line 1: currency" in line for line in wrong)
    assert any("rules.toml line 4: windows.first_days" in line for line in wrong)
    assert any("LATHE_WORKRES" in line and "LATHE_WORKERS" in line for line in wrong)


def test_the_doctor_is_content_with_nothing_set(tmp_path: Path) -> None:
    done = lathe("doctor", "--home", tmp_path / "home", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert not (tmp_path / "home").exists()


def test_a_wrong_setting_stops_every_command_with_its_name(tmp_path: Path) -> None:
    done = lathe("chat", "--home", tmp_path / "home", "--json", cwd=tmp_path, LATHE_WORKERS="many")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"].startswith("LATHE_WORKERS: ")


def test_the_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    first = lathe("migrate", "--home", tmp_path / "home", cwd=tmp_path)
    second = lathe("migrate", "--home", tmp_path / "home", cwd=tmp_path)
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith("applied: 0001")
    assert second.stdout == "the database is up to date\n"


@pytest.mark.databases("postgres")
def test_the_house_lives_in_postgresql_if_it_is_told_to(tmp_path: Path, bare_url: str) -> None:
    where = {"cwd": tmp_path, "LATHE_DATABASE_URL": bare_url}
    assert "or ./lathe migrate" in lathe("doctor", "--home", tmp_path / "home", **where).stdout
    assert lathe("migrate", "--home", tmp_path / "home", **where).stdout.startswith("applied: 0001")
    assert lathe("migrate", "--home", tmp_path / "home", **where).stdout == "the database is up to date\n"
    chat = lathe("chat", "--home", tmp_path / "home", "--json", **where, lines="hello\n!wait\n")
    assert chat.returncode == 0, chat.stderr
    assert json.loads(chat.stdout.splitlines()[0])["to"] == "terminal:you"
    healthy = lathe("doctor", "--home", tmp_path / "home", **where)
    assert (healthy.returncode, "answers" in healthy.stdout) == (0, True), healthy.stdout
    assert not list((tmp_path / "home").glob("*.sqlite3*"))


def test_a_database_that_is_away_is_told_in_a_sentence_without_its_password(tmp_path: Path) -> None:
    where = {"cwd": tmp_path, "LATHE_DATABASE_URL": f"postgres://ann:hunter2@/lathe?host={tmp_path}"}
    for name in ("migrate", "chat"):
        done = lathe(name, "--home", tmp_path / "home", **where)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert done.stderr.startswith("lathe: the database is out of service: ")
        assert "hunter2" not in done.stderr
    doctor = lathe("doctor", "--home", tmp_path / "home", **where)
    assert doctor.returncode == 1
    assert re.search("(?m)^wrong +database .*out of service", doctor.stdout)
    assert "hunter2" not in doctor.stdout


def test_masters_are_made_without_a_chat_and_a_bad_file_spoils_no_other(tmp_path: Path, song: Path) -> None:
    (tmp_path / "poem.wav").write_text("no song")
    arguments = ("master", song, "poem.wav", "none.wav", "--out", "out", "--target", "-12", "--json")
    done = lathe(*arguments, cwd=tmp_path)
    results = {Path(line["input"]).name: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert set(results) == {"Midnight Drive.wav", "poem.wav", "none.wav"}
    made = results["Midnight Drive.wav"]
    assert set(made) >= KEYS
    assert abs(made["lufs"] + 12) <= 0.1
    assert made["true_peak"] <= made["ceiling"] == -1.0
    assert (tmp_path / made["output"]).is_file()
    assert set(results["poem.wav"]) == set(results["none.wav"]) == {"input", "error"}
    again = lathe(*arguments[:2], *arguments[4:], cwd=tmp_path)
    assert again.returncode == 0
    assert json.loads(again.stdout)["output"] != made["output"]


def test_a_master_follows_its_references_and_keeps_them_with_its_settings(tmp_path: Path, song: Path) -> None:
    loud = soundfile.read(song, dtype="float32")
    soundfile.write(tmp_path / "loud.wav", loud[0] * 0.9, loud[1])
    arguments = ("master", song, "--out", "out", "--reference", "loud.wav", "--json")
    followed = json.loads(lathe(*arguments, cwd=tmp_path).stdout)
    (reference,) = followed["settings"]["references"]
    assert reference["name"] == "loud"
    assert reference["sha256"] == hashlib.sha256((tmp_path / "loud.wav").read_bytes()).hexdigest()
    assert followed["lufs"] == pytest.approx(reference["lufs"], abs=0.1)
    kept = json.loads(lathe(*arguments, "--target", "-20", cwd=tmp_path).stdout)
    assert kept["lufs"] == pytest.approx(-20, abs=0.1)


def test_what_is_no_reference_is_said_in_a_sentence_and_nothing_is_made(tmp_path: Path, song: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", [[0.0, 0.0]] * 44100, 44100)
    soundfile.write(tmp_path / "short.wav", [[0.1, -0.1]] * 8820, 44100)
    wrong = [part for name in ("silence.wav", "short.wav") for part in ("--reference", name)]
    done = lathe("master", song, "--out", "out", *wrong, cwd=tmp_path)
    assert done.returncode == 1
    assert sorted(done.stdout.splitlines()) == [
        "short.wav: The song lasts 0.20 s; 0.40 s is the least that can be measured.",
        "silence.wav: The file holds only silence.",
    ]
    assert not (tmp_path / "out").exists()


def test_figures_are_shown_before_and_after(tmp_path: Path, song: Path) -> None:
    done = lathe("master", song, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Midnight Drive.wav +-\d+\.\d → -14\.0 +\S+ → -1\.\d", done.stdout)


def test_what_was_not_reached_and_why_is_said(tmp_path: Path, song: Path) -> None:
    done = lathe("master", song, "--out", "out", "--target", "-5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "  -5 LUFS was not reached: " in done.stdout


def test_a_song_is_mastered_for_where_it_goes(tmp_path: Path, song: Path) -> None:
    done = lathe("master", song, "--out", "out", "--for", "r128", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (told["target"], told["ceiling"]) == (-23.0, -1.0)
    assert [Path(file).name for file in told["files"]][1:] == [
        f"{Path(told['output']).stem} - 24 bit 48 kHz.wav"
    ]
    refused = lathe("master", song, "--out", "out", "--for", "the moon", cwd=tmp_path)
    assert refused.returncode == 2
    assert "the moon" in refused.stderr
    assert "spotify" in refused.stderr


def test_every_place_a_master_can_go_is_listed_with_its_source(tmp_path: Path) -> None:
    listed = lathe("master", "--list", cwd=tmp_path)
    assert listed.returncode == 0
    assert "Compact Disc. IEC 60908" in listed.stdout


def test_a_folder_that_cannot_be_written_is_named_and_not_the_song(tmp_path: Path, song: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    done = lathe("master", song, "--out", "out", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "out: File exists."


def test_an_unknown_style_is_refused_with_those_there_are(tmp_path: Path, song: Path) -> None:
    done = lathe("master", song, "--out", "out", "--style", "loud", cwd=tmp_path)
    assert done.returncode == 2
    assert "balanced" in done.stderr


STYLES = """\
[styles.dark]
label = { en = "Dark" }
correction = 0.0

[[styles.dark.chain]]
plugin = "LowpassFilter"
cutoff_frequency_hz = 300
"""


def test_a_style_of_the_house_is_one_to_master_in(tmp_path: Path, song: Path) -> None:
    (tmp_path / "house.toml").write_text(STYLES)
    arguments = ("master", song, "--out", "out", "--style", "dark", "--json")
    made = lathe(*arguments, "--styles", "house.toml", cwd=tmp_path)
    told = json.loads(made.stdout)
    assert told["lufs"] == pytest.approx(-14, abs=0.1)
    assert told["settings"]["own_style"]["chain"][0]["name"] == "LowpassFilter"
    by_rules = lathe(*arguments, cwd=tmp_path, LATHE_RULES="house.toml")
    assert json.loads(by_rules.stdout)["settings"] == told["settings"]
    unknown = lathe(*arguments, cwd=tmp_path)
    assert (unknown.returncode, "no style 'dark'" in unknown.stderr) == (2, True)


def test_the_songs_of_an_album_go_through_no_vst3_and_that_is_said(tmp_path: Path, song: Path) -> None:
    (tmp_path / "house.toml").write_text(STYLES.replace('plugin = "LowpassFilter"', 'vst3 = "Tube.vst3"'))
    arguments = ("master", song, "--out", "out", "--style", "dark", "--styles", "house.toml")
    refused = lathe(*arguments, "--album", cwd=tmp_path)
    assert (refused.returncode, "the main thread only" in refused.stderr) == (2, True)
    gone = lathe(*arguments, cwd=tmp_path)
    assert gone.returncode == 1
    assert f"The plug-in Tube is not there: {tmp_path / 'Tube.vst3'}." in gone.stdout


def test_a_plug_in_that_cannot_be_had_stops_the_house_with_the_line_it_stands_on(tmp_path: Path) -> None:
    (tmp_path / "house.toml").write_text(STYLES.replace("cutoff_frequency_hz", "cutoff"))
    said = "house.toml line 7: styles.dark.chain.cutoff: The plug-in LowpassFilter has no 'cutoff'; "
    where = {"cwd": tmp_path, "LATHE_RULES": "house.toml"}
    done = lathe("chat", "--home", tmp_path / "home", **where)
    assert done.returncode == 1
    assert done.stderr.startswith(f"lathe: {said}")
    doctor = lathe("doctor", "--home", tmp_path / "home", **where)
    assert re.search(f"(?m)^wrong +styles +{re.escape(said)}", doctor.stdout)
    (tmp_path / "house.toml").write_text(STYLES)
    assert re.search("(?m)^ok +styles +dark; their plug-ins load", lathe("doctor", **where).stdout)


def test_files_are_measured_without_a_chat(tmp_path: Path, song: Path) -> None:
    done = lathe("analyse", song, "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert {"input", "lufs", "true_peak", "lra", "duration", "advice"} <= set(json.loads(done.stdout))
    assert "Midnight Drive.wav" in lathe("analyse", song, cwd=tmp_path).stdout


def test_help_loads_neither_the_sound_stack_nor_the_database() -> None:
    heavy = "{'numpy', 'tortoise', 'aiohttp', 'pydantic'}"
    code = f"import sys, bots.cli; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([command()[0], "-c", code], env=surroundings(), check=False).returncode == 0
