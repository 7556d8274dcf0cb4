"""Ports that are free, and stay free for a broker that is down."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from stack.ports import HOST, free_ports, is_free, is_open
from stack.state import StackError


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free(listener: int) -> None:
    assert not is_free(listener)
    assert is_open(listener)


def test_a_port_whose_connections_linger_is_free() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As Java and Go do for every server.
        server.bind((HOST, 0))
        server.listen()
        port: int = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            accepted, _ = server.accept()
            accepted.close()  # The side that closes first lingers in TIME_WAIT.
    assert is_free(port)
    assert not is_open(port)


def test_free_ports_are_below_those_of_outgoing_connections() -> None:
    ports = free_ports(23, None)
    assert len(set(ports)) == 23
    assert max(ports) < 32_768  # Where Linux begins to hand ports to clients.


def test_taken_ports_are_left_out() -> None:
    taken = free_ports(5, None)
    assert not set(free_ports(23, None, taken)) & set(taken)
    assert free_ports(2, taken[0], [taken[0]]) == [taken[0] + 1, taken[0] + 2]


def test_a_fixed_port_in_use_is_named(listener: int) -> None:
    with pytest.raises(StackError, match=str(listener)):
        free_ports(1, listener)
