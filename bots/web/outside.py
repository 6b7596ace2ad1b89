"""Which of the network a stranger's link may reach: public addresses, judged where a socket is made.

The answer of a resolver may change between two looks, and an address may be written in many ways. So the
resolver's answers are judged, and again the very address that each socket is about to connect to: no name,
spelling or redirect comes between that and the connection.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import AddrInfoType, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address

PORTS = frozenset({80, 443})

LOOKUP = 10.0
"""Seconds that the system may take to look a name up."""

STAGGER = 0.25
"""Seconds after which the next address is tried beside one that has not answered (RFC 8305, 5)."""

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 is this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' shared space
        "127.0.0.0/8",
        "168.63.129.16/32",  # the host of a machine at Azure
        "169.254.0.0/16",  # link-local; 169.254.169.254 tells a machine its credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
"""IANA IPv4 Special-Purpose Address Registry, and what clouds keep for themselves."""

_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them, which hides an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which hides one too
        "3fff::/20",
    )
)
"""IANA IPv6 Special-Purpose Address Registry, as far as it lies in the global unicast space."""

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches the rest of it


class Forbidden(OSError):
    """An address that is none of a stranger's business; nothing was sent there.

    Who tries several addresses goes on to the next one. It reads the same for all of them: what has one
    reason only is raised as it is (aiohappyeyeballs).
    """

    def __init__(self) -> None:
        super().__init__("not for strangers")


def public(address: Address) -> bool:
    """Whether an address belongs to the public internet; one that carries another is judged by that."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    address = IPv6Address(address.packed)  # without its zone
    if address.ipv4_mapped is not None:
        return public(address.ipv4_mapped)
    if address in _NAT64:
        return public(IPv4Address(address.packed[-4:]))
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_PUBLIC_6)


class SystemNames(AbstractResolver):
    """The system's resolver, for `patience` seconds a name; each is looked up in a thread of its own.

    A stranger says which servers are asked for a name, and a lookup cannot be stopped: threads that others
    need too would all be waiting soon. One that is given up ends when the system gives up.
    """

    def __init__(self, patience: float = LOOKUP) -> None:
        self._patience = patience

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """OSError, TimeoutError among them; ValueError for what no name can be."""

        def look() -> list[ResolveResult]:
            found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            return [
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=port,
                    family=of,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
                for of, _, protocol, _, address in found
            ]

        thread = ThreadPoolExecutor(1, "name")
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.get_running_loop().run_in_executor(thread, look)
        finally:
            thread.shutdown(wait=False)

    async def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Outside:
    """What a link may lead to. `resolver` makes what looks names up; `tls` in place of the system's trust."""

    allows: Callable[[Address], bool] = public
    resolver: Callable[[], AbstractResolver] = SystemNames
    tls: ssl.SSLContext | None = None

    def connector(self) -> TCPConnector:
        """Connections to nothing else: Forbidden is the reason why they fail. Nothing is kept between two."""
        return TCPConnector(
            resolver=_Judged(self.resolver(), self.allows),
            socket_factory=self.socket_to,
            ssl=self.tls or True,
            use_dns_cache=False,
            force_close=True,
            happy_eyeballs_delay=STAGGER,
            interleave=1,  # IPv6 and IPv4 by turns (RFC 8305, 4)
        )

    def socket_to(self, found: AddrInfoType) -> socket.socket:
        """A socket for an address that is allowed; Forbidden for any other, and for a name."""
        family, kind, protocol, _, address = found
        if not _allowed(str(address[0]), self.allows):
            raise Forbidden
        return socket.socket(family, kind, protocol)


class _Judged(AbstractResolver):
    """A resolver without the answers that are not allowed."""

    def __init__(self, resolver: AbstractResolver, allows: Callable[[Address], bool]) -> None:
        self._resolver = resolver
        self._allows = allows

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Forbidden if nothing is left, and for what no name can be: with labels too long, or none."""
        try:
            found = await self._resolver.resolve(host, port, family)
        except ValueError as reason:
            raise Forbidden from reason
        allowed = [answer for answer in found if _allowed(answer["host"], self._allows)]
        if found and not allowed:
            raise Forbidden
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


def _allowed(address: str, allows: Callable[[Address], bool]) -> bool:
    """Whether this is an address that is allowed; a name is none, whatever it stands for."""
    try:
        return allows(ip_address(address))
    except ValueError:
        return False
