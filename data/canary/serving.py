"""Canaries of several clusters in one process, their metrics on the ports that the settings name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import Collector

from data.canary.canary import Canary
from data.canary.exposition import CanaryCollector
from data.settings import CanarySettings, ClusterSettings

LOOK_SECONDS = 1.0
"""Between two looks at whether every thread still lives."""


class PortTaken(Exception):  # noqa: N818 - what happened, in the words that are printed
    """The metrics cannot be shown where the settings want them."""


class ThreadDied(Exception):  # noqa: N818 - what happened, in the words that are printed
    """A part of a canary ended by a fault of ours; its traceback is above. A supervisor starts the process anew."""


def serve(
    clusters: Sequence[tuple[ClusterSettings, CanarySettings]],
    stop: threading.Event,
    beside: Callable[[ClusterSettings, CanarySettings], tuple[Collector, Callable[[threading.Event], None]] | None],
) -> None:
    """Run a canary on each of these clusters until `stop` is set.

    beside: what else runs for a cluster in a thread of its own, with its metrics; None for nothing.
    Raises SourceFailure when a canary cannot begin, PortTaken and ThreadDied.
    """
    registries: dict[tuple[str, int], CollectorRegistry] = {}
    canaries: list[Canary] = []
    with ExitStack() as ending:
        ending.callback(stop.set)
        others = []
        for cluster, settings in clusters:
            registry = registries.setdefault((settings.address, settings.port), CollectorRegistry())
            canary = Canary(cluster, settings)
            registry.register(CanaryCollector(cluster.name, canary.books))
            canaries.append(canary)
            other = beside(cluster, settings)
            if other is not None:
                registry.register(other[0])
                others.append(threading.Thread(target=other[1], args=(stop,), name=f"{cluster.name} sampler"))
        for place, registry in registries.items():
            ending.callback(_shown(place, registry))
        for canary in canaries:
            ending.callback(canary.stop)
            canary.start()
        for thread in others:
            ending.callback(thread.join)
            thread.start()
        ending.callback(stop.set)
        while not stop.wait(LOOK_SECONDS):
            dead = [f"the canary on {canary.name}" for canary in canaries if not canary.running()]
            dead += [f"the {thread.name}" for thread in others if not thread.is_alive()]
            if dead and not stop.is_set():
                raise ThreadDied(f"A thread of {' and of '.join(dead)} has ended.")


def _shown(place: tuple[str, int], registry: CollectorRegistry) -> Callable[[], None]:
    """Show the metrics there; what stops showing them."""
    address, port = place
    try:
        server, thread = start_http_server(port, addr=address, registry=registry)
    except OSError as error:
        raise PortTaken(
            f"Metrics cannot be shown on {address}:{port}: {error.strerror or error}."
            " Choose another address or port in the cluster's canary section."
        ) from error

    def end() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return end
