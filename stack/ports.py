"""Free TCP ports on the loopback address.

They are taken below the range that the system hands to outgoing connections: a stopped broker must find its port free
again, and a client's connection would otherwise sit on it now and then.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Iterator

from stack.state import StackError

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
BLOCK = 32


def is_free(port: int) -> bool:
    """True when nobody listens there. Connections that linger after a close do not count as listening."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def is_open(port: int) -> bool:
    """True when somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def free_ports(count: int, base: int | None, taken: Collection[int] = ()) -> list[int]:
    """`count` free ports in a row from `base` on, or from a random place; `taken` are left out.

    A random place keeps two stacks that start at the same moment apart. StackError when a fixed port is in use.
    """
    if base is not None:
        wanted = [port for port in range(base, base + count + len(taken)) if port not in taken][:count]
        busy = [port for port in wanted if not is_free(port)]
        if busy:
            raise StackError(f"Ports {busy} are in use. Choose another --port-base, or leave it out for free ports.")
        return wanted
    for start in _starts():
        block = [port for port in range(start, start + count + BLOCK) if port not in taken and is_free(port)]
        if len(block) >= count:
            return block[:count]
    raise StackError(f"No {count} free ports between {LOWEST} and {HIGHEST} on {HOST}. Name some with --port-base.")


def _starts() -> Iterator[int]:
    blocks = list(range(LOWEST, HIGHEST - BLOCK, BLOCK))
    random.shuffle(blocks)
    return iter(blocks)
