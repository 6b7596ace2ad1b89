"""The audio store as the operator meets it: a bucket, the doctor's lines, a secret key that went astray."""

import json
from pathlib import Path

import pytest

from tests.bots.lathe import NOON, Desk, files, lathe
from tests.s3 import S3

CHAT = ["chat", "--as", "anna", "--clock", "manual", "--now", NOON, "--json"]


def test_a_song_is_mastered_with_its_audio_in_a_bucket_alone_and_none_of_it_readable_there(
    s3: S3, song: Path, tmp_path: Path
) -> None:
    bucket = s3.bucket()
    done = lathe(
        *CHAT,
        "--home",
        tmp_path / "home",
        cwd=tmp_path,
        lines=f'@"{song}"\n!wait\n>pay\n!wait\n>approve\n!wait\n',
        LATHE_BLOB_URL=f"s3://{bucket}/house",
        **s3.variables,
    )
    assert done.returncode == 0, done.stderr
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [message for message in shown if "error" in message]
    assert [path.suffix for path in files(shown, "file")] == [".wav", ".wav", ".mp3"]
    keys = s3.keys(bucket)
    assert len(keys) >= 8  # what was sent, its samples, picture, master, previews and three files
    for key in keys:
        kept = s3.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert kept.startswith(b"lathe audio 1")
        assert not {b"RIFF", b"\x89PNG", b"ID3"} & {kept[16:20], kept[16:19]}
    assert not (tmp_path / "home" / "blobs").exists()


@pytest.fixture
def opened(song: Path, desk: Desk) -> Desk:
    """A home with a song in it."""
    desk.chat(f'@"{song}"', "!wait")
    return desk


def test_a_home_without_its_secret_key_says_so_and_makes_no_other(opened: Desk) -> None:
    kept = opened.home / "secret.key"
    kept.rename(opened.home / "elsewhere")
    done = lathe(*opened.arguments(), cwd=opened.home.parent)
    assert done.returncode == 1
    (error,) = [json.loads(line)["error"] for line in done.stdout.splitlines()]
    assert error.startswith(f"{kept} is missing: ")
    assert not kept.exists()
    (opened.home / "elsewhere").rename(kept)
    assert opened.chat("/orders")


def test_the_doctor_says_whether_the_key_is_right_and_the_store_works(opened: Desk) -> None:
    told = lines(opened)
    assert told["secret key"][0] == "ok"
    assert told["audio store"] == ("ok", f"file://{opened.home}/blobs writes, reads and deletes")
    (opened.home / "secret.key").write_text("A" * 43 + "=")
    assert told["secret key"] != lines(opened)["secret key"]
    assert lines(opened)["secret key"][0] == "wrong"


def test_the_doctor_tells_no_secret(opened: Desk, s3: S3) -> None:
    secret = (opened.home / "secret.key").read_text().strip()
    store = {"LATHE_BLOB_URL": "s3://no-such-bucket/house", **s3.variables}
    done = lathe("doctor", "--home", opened.home, cwd=opened.home.parent, LATHE_SECRET_KEY=secret, **store)
    assert "wrong    audio store" in done.stdout
    assert "the audio store has no bucket no-such-bucket" in done.stdout
    assert secret not in done.stdout + done.stderr
    assert s3.variables["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr


def lines(desk: Desk) -> dict[str, tuple[str, str]]:
    done = lathe("doctor", "--home", desk.home, cwd=desk.home.parent)
    told = [(line[:9].strip(), line[9:30].strip(), line[30:]) for line in done.stdout.splitlines()]
    return {what: (state, words) for state, what, words in told}
