"""Rules that let a test ask its own servers, which listen on this machine."""

from include.discovery.fetch.addresses import AddressRules, private_host

LOOPBACK = AddressRules((private_host("127.0.0.1"),))
