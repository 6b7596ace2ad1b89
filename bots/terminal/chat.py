"""The chat at the terminal: reads a line, has it decided, shows the answer, and only then reads the next."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from bots.clock import ClockError
from bots.terminal.door import NAME, Missing, TerminalDoor, file_ref, room
from bots.terminal.parse import (
    Advance,
    Command,
    Deed,
    Drop,
    EnterRoom,
    LeaveRoom,
    Line,
    Once,
    Press,
    Say,
    SpeakAs,
    SpeakAsStaff,
    Unclear,
    Wait,
    parse,
)
from bots.terminal.screen import Screen
from core.messages import HOUSE, FileRef, Incoming, Kind
from core.people import Right, Role, account_id, may
from core.ports import Clock

DESK = "desk"
"""The room that becomes the staff desk when the terminal has none."""


class Service(Protocol):
    """The house, as the chat needs it."""

    @property
    def clock(self) -> Clock: ...

    async def decide(self, incoming: Incoming) -> None:
        """Return when an event was written down, decided, and what it wants to be said was sent."""
        ...

    async def idle(self) -> None:
        """Return when nothing is left that is due at or before the house clock."""
        ...

    async def advance(self, by: timedelta) -> None:
        """Come to rest, then go on, stopping where something is due. ClockError at a wall clock."""
        ...

    async def role_of(self, door: str, external: str) -> Role | None: ...

    async def staff_desk(self, door: str) -> str | None:
        """The address of a staff desk at a door."""
        ...


class Chat:
    """One run of the chat: who speaks now, and where."""

    def __init__(self, service: Service, door: TerminalDoor, screen: Screen, speaker: str) -> None:
        self._service = service
        self._door = door
        self._screen = screen
        self._speaker = speaker
        self._room: str | None = None  # the address of the room; None in direct messages
        self._run = uuid4().hex[:16]
        self._events = 0
        self._named: str | None = None  # what the deed at hand was called by who says it

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Hear one line after the other until there are no more. Jobs go on in the next chat."""
        async for line in lines:
            await self.hear(line)

    async def hear(self, line: str) -> None:
        """Do what a line asks for; return when its direct answer was shown."""
        try:
            meaning = parse(line)
            if meaning is not None:
                self._screen.heard(self._who(), line.strip())
                await self._do(meaning)
        except (Unclear, Missing, ClockError) as reason:
            self._screen.error(str(reason))

    async def _do(self, line: Line) -> None:
        match line:
            case Say(text):
                await self._tell(Kind.MESSAGE, {"text": _legible(text), "complete": True})
            case Command(name, arguments, paths):
                files = tuple([file_ref(path) for path in paths])
                await self._tell(Kind.COMMAND, {"name": name, "arguments": _legible(arguments)}, files)
            case Drop(paths, caption):
                files = tuple([file_ref(path) for path in paths])
                await self._tell(Kind.MESSAGE, {"text": _legible(caption), "complete": True}, files)
            case Press(wanted):
                await self._press(wanted)
            case Once(name, deed):
                await self._once(name, deed)
            case SpeakAs(name):
                self._speaker, self._room = name, None
            case SpeakAsStaff(name, role):
                await self._become_staff(name, role)
            case EnterRoom(name):
                self._room = room(name)
            case LeaveRoom():
                self._room = None
            case Wait():
                await self._service.idle()
                self._screen.idle(self._service.clock.now())
            case Advance(by):
                await self._service.advance(by)
                self._screen.idle(self._service.clock.now())

    async def _once(self, name: str, deed: Deed) -> None:
        self._named = name
        try:
            await self._do(deed)
        finally:
            self._named = None
        self._screen.done(name)

    async def _press(self, wanted: int | str) -> None:
        address = self._room or self._speaker
        button = self._door.button(address, wanted)
        if button is None:
            there = ", ".join(self._door.labels(address)) or "none"
            raise Unclear(f"no message here has such a button; the latest are: {there}")
        if button.url is not None:
            raise Unclear(f"that button opens a page: {button.url}")
        # A door without native forms has the desk ask for the fields one by one.
        action = button.action if button.form is None else f"form.{button.form}"
        await self._tell(Kind.PRESS, {"action": action})

    async def _become_staff(self, name: str, wanted: Role | None) -> None:
        """The terminal is trusted: who sits there owns the home, and grants roles without holding one."""
        held = await self._service.role_of(NAME, name)
        role = wanted or held or Role.OWNER
        if held is not role:
            await self._service.decide(
                Incoming(
                    door=HOUSE,
                    event_id=self._event(),
                    person=account_id(NAME, name),
                    place="",
                    private=True,
                    kind=Kind.GRANT,
                    at=self._service.clock.now(),
                    payload={"role": role.value, "door": NAME, "external": name},
                )
            )
        desk = await self._service.staff_desk(NAME)
        self._speaker, self._room = name, desk or room(DESK)
        if desk is None and not may(role, Right.LEAD):
            raise Unclear(f"there is no staff desk here yet, and a {role} cannot make one: !staff NAME can")
        if desk is None:
            await self._tell(Kind.COMMAND, {"name": "staff", "arguments": "here"})

    async def _tell(self, kind: Kind, payload: dict[str, object], files: tuple[FileRef, ...] = ()) -> None:
        await self._service.decide(
            Incoming(
                door=NAME,
                event_id=self._event(),
                person=self._speaker,
                place=self._room or self._speaker,
                private=self._room is None,
                kind=kind,
                at=self._service.clock.now(),
                payload=payload,
                files=files,
                name=self._speaker,
            )
        )

    def _event(self) -> str:
        """An id that no other line of any run has, unless it was named so."""
        if self._named is not None:
            return f"once-{self._named}"
        self._events += 1
        return f"{self._run}-{self._events}"

    def _who(self) -> str:
        return f"{self._speaker} ({self._room})" if self._room else self._speaker


def _legible(text: str) -> str:
    """Text without the bytes that were no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Lines from a terminal, a pipe or a file, each read when it is asked for; ends with the input.

    Bytes that are no UTF-8 come through in paths (PEP 383).
    """
    loop = asyncio.get_running_loop()
    rest = b""
    while True:
        line, newline, after = rest.partition(b"\n")
        if newline:
            rest = after
            yield os.fsdecode(line)
            continue
        # A thread of its own: epoll refuses plain files, and a pool would wait for this read at the end.
        arrived: asyncio.Future[bytes] = loop.create_future()
        threading.Thread(target=_read, args=(descriptor, loop, arrived), daemon=True).start()
        chunk = await arrived
        if not chunk:
            if rest:
                yield os.fsdecode(rest)
            return
        rest += chunk


def _read(descriptor: int, loop: asyncio.AbstractEventLoop, arrived: "asyncio.Future[bytes]") -> None:
    try:
        chunk = os.read(descriptor, 65536)
    except OSError:
        chunk = b""

    def hand_over() -> None:
        if not arrived.done():
            arrived.set_result(chunk)

    if not loop.is_closed():
        loop.call_soon_threadsafe(hand_over)
