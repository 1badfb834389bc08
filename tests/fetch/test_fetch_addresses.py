"""Which hosts may be asked: those on the public internet, and what the list of private hosts names.

The addresses of a name that changes, and of redirects, are in ``tests/security``.
"""

import re

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.addresses import PUBLIC_ONLY, AddressRules, private_host

PUBLIC = [
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "::ffff:93.184.215.14",
    "64:ff9b::5db8:d70e",  # how a name with IPv4 alone is reached from a network with IPv6 alone
    "2002:5db8:d70e::1",
]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "198.18.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "febf::1", "fe80::1%eth0", "2606:2800::1%1", "fc00::1", "fd00:ec2::254",
    "fd20:ce::254", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",  # mapped
    "::127.0.0.1", "::10.0.0.1", "::8.8.8.8",  # compatible
    "::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1", "::ffff:0:8.8.8.8",  # translated
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1",  # NAT64
    "64:ff9b:1::8.8.8.8", "64:ff9b:1:fffe::1",  # local NAT64
    "2002:7f00:1::1", "2002:a00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1",  # 6to4
    "2001:0:7f00:1::f7f7:f7f7", "2001:0:808:808::f5ff:fffe", "2001:0:808:808::5601:5601",  # Teredo
    "2606:2800::5efe:10.0.0.1", "2606:2800::200:5efe:127.0.0.1",  # ISATAP
    "", "x", "127.1", "0177.0.0.1", "2130706433", "0x7f000001",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_may_be_asked(address: str) -> None:
    PUBLIC_ONLY.check("good.example", address)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_machine_or_an_internal_network_may_not_be_asked(address: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^not a public address.*: inside\.example leads to"):
        PUBLIC_ONLY.check("inside.example", address)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "127.1", "127.0.1", "10.0.258",
        "017700000001", "8.8.2056", "1.2.3.4.5", "example.0x7f", "127.0.0.0x1", "08.8.8.8",
        "::ffff:7f00:1%1", "fe80::1%25eth0",
    ],
)  # fmt: skip
def test_an_address_in_an_unusual_spelling_is_refused(host: str) -> None:
    everything = AddressRules((private_host("0.0.0.0/0"), private_host("::/0")))
    with pytest.raises(InvalidSettings, match=r"spelling|scope"):
        everything.check_name(host)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1.", "::1", "[::1]", "localhost", "LOCALHOST.", "db.localhost",
     "metadata.google.internal", "169.254.169.254", "::ffff:169.254.169.254"],
)  # fmt: skip
def test_a_host_that_is_private_by_its_spelling_is_refused_without_a_lookup(host: str) -> None:
    with pytest.raises(InvalidSettings, match=re.escape(host)):
        PUBLIC_ONLY.check_name(host)


@pytest.mark.parametrize("host", ["example.org", "1und1.de", "0x.example", "a.1b", "8.8.8.8", "h"])
def test_an_ordinary_name_is_not_refused_by_its_spelling(host: str) -> None:
    PUBLIC_ONLY.check_name(host)


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "any.example", "::ffff:127.0.0.1"),
        ("10.2.0.0/16", "any.example", "10.2.255.1"),
        ("10.2.0.5/16", "any.example", "10.2.255.1"),
        ("feeds.internal", "feeds.internal", "10.9.9.9"),
        ("Feeds.Internal.", "FEEDS.internal", "192.168.1.1"),
        ("fd12:3456::/32", "any.example", "fd12:3456::1"),
        ("[::1]", "localhost", "::1"),
    ],
)
def test_a_private_host_that_is_listed_may_be_asked(entry: str, host: str, address: str) -> None:
    AddressRules((private_host(entry),)).check(host, address)


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("127.0.0.1", "any.example", "127.0.0.2"),
        ("10.2.0.0/16", "any.example", "10.3.0.1"),
        ("feeds.internal", "x.feeds.internal", "10.9.9.9"),
        ("feeds.internal", "feeds.internal.evil.example", "10.9.9.9"),
    ],
)
def test_a_private_host_that_is_not_listed_may_not(entry: str, host: str, address: str) -> None:
    with pytest.raises(InvalidSettings, match=f"add {re.escape(host)} to DISCOVERY_PRIVATE_HOSTS"):
        AddressRules((private_host(entry),)).check(host, address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.170.2", "fe80::1", "fd00:ec2::254", "100.100.100.200",
        "168.63.129.16", "192.0.0.192", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1", "fe80::1%eth0", "64:ff9b:1::a9fe:a9fe",
    ],
)  # fmt: skip
def test_link_local_and_metadata_addresses_are_refused_even_when_listed(address: str) -> None:
    listed = ("0.0.0.0/0", "::/0", "inside.example", address.partition("%")[0])
    rules = AddressRules(tuple(map(private_host, listed)))
    with pytest.raises(InvalidSettings, match="never asked"):
        rules.check("inside.example", address)


@pytest.mark.parametrize(
    "entry", ["", "http://x", "x y", "10.2.0.0/33", "*.x", "a..b", "127.1", "-"]
)
def test_an_invalid_host_or_network_cannot_be_listed(entry: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        private_host(entry)
