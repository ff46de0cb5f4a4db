"""The address that is checked is the address that is dialled, however it is written."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.addresses import AddressPolicy, RefusedSocket
from digest.errors import RefusedAddress

PUBLIC = AddressPolicy()


def allowed(policy: AddressPolicy, address: str, port: int = 443) -> bool:
    try:
        policy.check(address, port)
    except RefusedAddress:
        return False
    return True


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_may_be_dialled(address: str):
    assert allowed(PUBLIC, address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104  refused, not bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%2",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "64:ff9b:1::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:0:7f00:1::",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str):
    assert not allowed(PUBLIC, address)


@pytest.mark.parametrize("address", ["::ffff:1.1.1.1", "2002:101:101::1", "64:ff9b::101:101"])
def test_wrapped_public_addresses_are_judged_by_what_they_wrap(address: str):
    assert allowed(PUBLIC, address)


@pytest.mark.parametrize("address", ["localhost", "0x7f000001", "１２７.0.0.1", "127.1", ""])
def test_anything_but_a_plain_address_is_refused(address: str):
    assert not allowed(PUBLIC, address)


@pytest.mark.parametrize(
    ("port", "expected"),
    [(80, True), (443, True), (8080, True), (8443, True), (22, False), (25, False), (6379, False)],
)
def test_only_web_ports_may_be_dialled(port: int, expected: bool):
    assert allowed(PUBLIC, "1.1.1.1", port) is expected


def test_an_allowed_network_opens_the_web_ports_of_its_addresses_only():
    policy = AddressPolicy(("10.0.0.0/8", "fd00::/8"))

    assert allowed(policy, "10.9.8.7", 80)
    assert allowed(policy, "fd00::7", 8443)
    assert allowed(policy, "::ffff:10.9.8.7", 80)
    assert not allowed(policy, "10.9.8.7", 22)
    assert not allowed(policy, "192.168.0.1", 80)


@pytest.mark.parametrize(
    ("entry", "address", "port"),
    [
        ("127.0.0.1:8081", "127.0.0.1", 8081),
        ("[::1]:8081", "::1", 8081),
        ("10.0.0.0/8:1200", "10.2.3.4", 1200),
        ("192.168.1.5", "192.168.1.5", 80),
        ("fd00::/8:1200", "fd00::5", 1200),
    ],
)
def test_every_way_to_name_an_exception(entry: str, address: str, port: int):
    policy = AddressPolicy((entry,))

    assert allowed(policy, address, port)
    assert not allowed(policy, address, port + 1)


def test_fake_ip_proxies_work_when_the_owner_says_so():
    assert allowed(AddressPolicy(("198.18.0.0/15",)), "198.18.3.4")


@pytest.mark.parametrize("entry", ["example.com", "10.0.0.0/99", "127.0.0.1:http", "", "[::1"])
def test_an_exception_that_is_no_network_is_an_error_at_once(entry: str):
    with pytest.raises(ValueError, match=r".+"):
        AddressPolicy((entry,))


def test_our_own_servers_are_those_named_with_their_port():
    policy = AddressPolicy(("127.0.0.1:8081", "10.0.0.0/8"))

    assert policy.is_own("127.0.0.1", 8081)
    assert policy.is_own("localhost", 8081)
    assert not policy.is_own("127.0.0.1", 8082)
    assert not policy.is_own("10.0.0.1", 80)
    assert not policy.is_own("example.com", 8081)


def test_a_refusal_comes_before_any_socket_exists():
    target = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80))

    with pytest.raises(RefusedSocket, match=r"address refused: 127\.0\.0\.1"):
        PUBLIC.open_socket(target)


def test_an_allowed_target_gets_a_socket_of_its_family():
    target = (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 80, 0, 0))
    with AddressPolicy(("::1",)).open_socket(target) as made:
        assert made.family == socket.AF_INET6


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_acceptable(address: object):
    number = int(address)  # type: ignore[call-overload]
    plain = allowed(PUBLIC, str(address))
    high, low = number >> 16, number & 0xFFFF
    wrapped = (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{high:x}:{low:x}::1")

    assert all(allowed(PUBLIC, each) <= plain for each in wrapped)
