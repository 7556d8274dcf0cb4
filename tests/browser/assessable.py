"""A platform to be assessed: what people will say yes to, its registry refutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from data.store import open_store
from scoring.catalog.estate import ClusterName, Present, SubjectName, TopicName
from scoring.evidence.given import ClusterEvidence, SubjectLevel, TopicUse
from scoring.evidence.probes import every_probe
from tests.browser.believable import written

PUBLIC_URL = "https://assess.example.com"
CLUSTER = ClusterName("prod-eu")

T = TypeVar("T")


def assessable(folder: Path) -> dict[str, str]:
    """Fill a database in `folder`; returns the variables that name it and the address of the instance."""
    environ = written(folder, sample=False) | {"STREAMGAUGE_PUBLIC_URL": PUBLIC_URL}
    now = datetime.now(UTC)
    store = open_store(environ["STREAMGAUGE_DATABASE_URL"])
    try:
        lease = store.leases.acquire(CLUSTER, "assessable")
        assert lease is not None
        evidence = ClusterEvidence(
            CLUSTER,
            "prod",
            now,
            topics=_seen((TopicUse(TopicName("orders"), internal=False, records=10, written=True),), now),
            subjects=_seen((SubjectLevel(SubjectName("orders-value"), "NONE"),), now),
            global_level=_seen("NONE", now),
        )
        found = [one for probe in every_probe() for one in probe.findings(evidence, now)]
        store.collecting(lease).evidence.findings(found, now)
        store.leases.release(lease)
    finally:
        store.close()
    return environ


def _seen(value: T, now: datetime) -> Present[T]:
    return Present(value, now - timedelta(minutes=2), "GET /config")
