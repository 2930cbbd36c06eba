"""收件主机: which hosts may be written to. Offices are fine, loopback too; link-local and metadata never."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

LONGEST_NAME = 253
NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
"""As the last part of a name: resolvers read the whole as an address."""

METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200")))
"""Where clouds hand credentials to whoever asks from inside, beside the link-local address most of them use."""

CARRIES_IPV4 = tuple(
    map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
)
"""IPv6 networks whose last four bytes are an IPv4 address: compatible, mapped, translated, NAT64."""
ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""In front of the last four bytes these too say that an IPv4 address follows."""


def readable(host: str) -> bool:
    """可用主机: an address, or a name that a resolver can be asked for."""
    try:
        ip_address(host)
    except ValueError:
        try:
            name = host.encode("idna").decode()
        except UnicodeError:
            return False
        last = name.rstrip(".").rpartition(".")[2]
        return len(name) <= LONGEST_NAME and bool(NAME.fullmatch(name)) and not NUMBER.fullmatch(last)
    return True


def forbidden(host: str) -> bool:
    """禁用地址: whether this is an address to which nothing is ever sent. A name is no address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return any(
        one in METADATA or one.is_link_local or one.is_multicast or one.is_unspecified
        for one in (address, *carried(address))
    )


def inside(host: str) -> bool:
    """内部地址: whether this address is one of this machine's, of a private network, or of none that all can reach."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return any(not one.is_global for one in (address, *carried(address)))


def carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """内含地址: the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return []
    found = [one for one in (address.sixtofour, *(address.teredo or ())) if one is not None]
    number = int(address)
    if any(address in network for network in CARRIES_IPV4) or number >> 32 & 0xFFFF_FFFF in ISATAP:
        found.append(IPv4Address(number & 0xFFFF_FFFF))
    return found


def resolve(host: str, port: int) -> list[str]:
    """解析主机: the addresses of a host in the resolver's order. Raises OSError and UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
