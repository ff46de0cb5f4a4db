"""Which network addresses may be fetched: public web servers, and what the owner allows.

The check runs in the connector's socket factory, on the address about to be dialled, so literal
addresses, redirects and names that change their mind between lookup and connection are covered.
"""

import errno
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import AddrInfoType

from digest.errors import RefusedAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WEB_PORTS = frozenset({80, 443, 8080, 8443})

# Python's is_private and is_global let several of these pass (3.11: CGNAT is "not private",
# fec0:: and multicast are "global"). The single address is Azure's wire server, public in form
# and answering every machine there.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "64:ff9b:1::/48",
        "100::/64",
        "3fff::/20",
        "5f00::/16",
        "fe00::/7",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOW_32_BITS = 0xFFFF_FFFF
# Bits 32 to 63 of an ISATAP address (RFC 5214), with and without the "universal" bit.
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


class RefusedSocket(OSError):  # noqa: N818  a refusal, not a fault
    """A refusal as the connector understands it: an `OSError`, so other addresses are tried."""

    MARK = "address refused"

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EACCES, f"{self.MARK}: {reason}")


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A network that may be fetched although it is not public; `port` None means the web's."""

    network: Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        if address.version != self.network.version or address not in self.network:
            return False
        return port in WEB_PORTS if self.port is None else port == self.port


class AddressPolicy:
    """Decides whether an address may be dialled.

    `allow` lists exceptions: networks ("10.0.0.0/8"), addresses ("192.168.1.5"), each with the
    usual web ports, or either with one port of its own ("127.0.0.1:8081", "10.0.0.0/8:1200",
    "[::1]:8081"). Raises ValueError for anything else.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed = tuple(_parse_allowed(text) for text in allow)

    def check(self, address: str, port: int) -> None:
        """Return when the address may be dialled, else raise `RefusedAddress`."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError as error:
            raise RefusedAddress(f"{address!r} is not an IP address") from error
        judged = [each for each in _carried(ip) if not self._is_named(each, port)]
        if not judged:
            return
        if port not in WEB_PORTS:
            raise RefusedAddress(f"port {port} is not a web port")
        if not all(_is_public(each) for each in judged):
            raise RefusedAddress(f"{address} is not a public address")

    def _is_named(self, address: Address, port: int) -> bool:
        return any(allowed.covers(address, port) for allowed in self._allowed)

    def is_own(self, host: str, port: int) -> bool:
        """True for a literal address with a port of its own on the list: one of our servers."""
        try:
            ip = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
        except ValueError:
            return False
        return any(allowed.port and allowed.covers(ip, port) for allowed in self._allowed)

    def open_socket(self, target: AddrInfoType) -> socket.socket:
        """The `socket_factory` of a `TCPConnector`; raises `RefusedSocket` before any packet."""
        family, kind, protocol, _, where = target
        try:
            self.check(str(where[0]), int(where[1]))
        except RefusedAddress as refusal:
            raise RefusedSocket(str(refusal)) from refusal
        return socket.socket(family=family, type=kind, proto=protocol)


def _parse_allowed(text: str) -> _Allowed:
    text = text.strip()
    try:
        return _Allowed(ipaddress.ip_network(text, strict=False), None)
    except ValueError:
        network, colon, port = text.rpartition(":")
        if not colon:
            raise
    return _Allowed(ipaddress.ip_network(network.strip("[]"), strict=False), int(port))


def _carried(ip: Address) -> tuple[Address, ...]:
    """The addresses that packets to `ip` may end at: itself, or the IPv4 ones wrapped in it."""
    if isinstance(ip, ipaddress.IPv4Address):
        return (ip,)
    if ip.ipv4_mapped is not None:
        return (ip.ipv4_mapped,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return (ipaddress.IPv4Address(int(ip) & _LOW_32_BITS),)
    if int(ip) >> 32 & _LOW_32_BITS in _ISATAP:
        return (ip, ipaddress.IPv4Address(int(ip) & _LOW_32_BITS))
    return (ip,)


def _is_public(ip: Address) -> bool:
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_private)
