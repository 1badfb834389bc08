"""The suite needs no network beyond loopback: there is none."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.conftest import ISOLATED

ELSEWHERE = "192.0.2.1"  # TEST-NET-1 of RFC 5737: nobody's address


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_no_test_can_connect_to_another_machine() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection((ELSEWHERE, 80), timeout=5)


def test_no_process_that_a_test_starts_can_connect_to_another_machine() -> None:
    if not ISOLATED:
        pytest.skip("this system lets only root have a network namespace")
    code = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80), timeout=5)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "Network is unreachable" in done.stderr


def test_a_test_can_connect_to_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
