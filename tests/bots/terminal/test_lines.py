"""Where the lines of a chat come from."""

import os
from pathlib import Path

from bots.terminal.chat import lines_of


async def read(descriptor: int) -> list[str]:
    return [line async for line in lines_of(descriptor)]


async def test_lines_come_from_a_pipe_however_they_are_cut() -> None:
    out, into = os.pipe()
    os.write(into, b"one\ntw")
    lines = lines_of(out)
    assert await anext(lines) == "one"
    os.write(into, b"o\n\nthree")
    os.close(into)
    assert [line async for line in lines] == ["two", "", "three"]
    os.close(out)


async def test_lines_come_from_a_file(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"one\n" + b"x" * 100_000 + b"\nlast\n")
    with script.open("rb") as source:
        assert await read(source.fileno()) == ["one", "x" * 100_000, "last"]


async def test_bytes_that_are_no_text_come_through(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"@caf\xe9.wav\n")
    with script.open("rb") as source:
        (line,) = await read(source.fileno())
    assert os.fsencode(line) == b"@caf\xe9.wav"
