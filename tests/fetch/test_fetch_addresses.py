"""Which hosts may be asked: those on the public internet, whatever a name or a redirect says."""

import asyncio

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.addresses import PublicAddressesOnly, is_public


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "", "x",
    ],
)  # fmt: skip
def test_addresses_of_machines_and_internal_networks(address):
    assert not is_public(address)


def names(**known):
    async def look_up(host):
        return known.get(host.replace(".", "_"), [])

    return PublicAddressesOnly(look_up)


def check(guard, host):
    asyncio.run(guard.check_host(host))


def test_a_name_is_judged_by_all_its_addresses():
    guard = names(good_example=["93.184.215.14"], mixed_example=["93.184.215.14", "10.0.0.1"])

    check(guard, "good.example")
    with pytest.raises(InvalidSettings, match=r"mixed\.example leads to 10\.0\.0\.1, not a public"):
        check(guard, "mixed.example")


def test_a_name_that_nobody_knows_is_left_to_the_client():
    check(names(), "unknown.example")


def test_the_system_resolver_knows_this_machine():
    with pytest.raises(InvalidSettings, match="DISCOVERY_ALLOW_PRIVATE_ADDRESSES=true"):
        check(PublicAddressesOnly(), "localhost")


class TestRequests:
    """Every hop is judged before it is asked, and its answer before it is read."""

    def test_a_private_host_is_not_asked(self, site, browser):
        browser.addresses = PublicAddressesOnly()
        url = site.on("/a", site.reply())

        with pytest.raises(InvalidSettings, match=r"127\.0\.0\.1 is not a public address"):
            browser.get(url)
        assert site.paths == []

    def test_nor_is_one_that_a_public_host_redirects_to(self, site, other_site, browser):
        asked = []

        async def look_up(host):
            asked.append(host)
            return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

        browser.addresses = Unwatched(look_up)
        secret = other_site.on("/meta-data", other_site.reply(200, b"secret"))

        with pytest.raises(InvalidSettings, match="not a public address"):
            browser.get(site.on("/a", site.reply(302, Location=secret)))
        assert other_site.paths == []

    def test_an_answer_from_elsewhere_than_the_name_said_is_not_read(self, site, browser):
        async def look_up(_host):
            return ["93.184.215.14"]

        browser.addresses = PublicAddressesOnly(look_up)

        with pytest.raises(InvalidSettings, match=r"127\.0\.0\.1 is not a public address"):
            browser.get(site.on("/a", site.reply(200, b"secret")))

    def test_behind_a_proxy_the_peer_says_nothing(self, site, browser, monkeypatch):
        monkeypatch.setenv("https_proxy", "http://10.0.0.1:3128")

        async def look_up(_host):
            return []

        browser.addresses = PublicAddressesOnly(look_up)

        assert browser.get(site.on("/a", site.reply(200, b"fine"))).body == b"fine"


class Unwatched(PublicAddressesOnly):
    """Judges names alone: on loopback every peer is private."""

    def check_peer(self, answer):
        """Let it pass."""
