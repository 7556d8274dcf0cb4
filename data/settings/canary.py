"""The canary of a cluster: what it writes to, how often, as whom, and where its metrics are."""

from __future__ import annotations

from pydantic import Field

from data.settings.kafka import KafkaSettings
from data.settings.section import Section


class SamplerSettings(Section):
    """How much of the topics under contract is checked against their schemas."""

    enabled: bool = Field(default=True, description="sample the topics that have a subject {topic}-value")
    interval: float = Field(default=60.0, ge=1, le=86400, description="between two looks at a topic, seconds")
    records: int = Field(default=20, ge=1, le=100_000, description="newest records of a topic that each look checks")


class CanarySettings(Section):
    """A canary on one cluster. It writes, and so it runs only where this section is given."""

    enabled: bool = Field(default=True, description="false leaves this cluster out")
    topic: str = Field(
        default="_streamgauge.canary",
        pattern=r"^[A-Za-z0-9._-]{1,249}$",
        description="topic of the canary's own; letters, digits, dot, dash, underscore",
    )
    group: str = Field(
        default="_streamgauge.canary", min_length=1, max_length=249, description="group whose commits are timed"
    )
    interval: float = Field(default=1.0, ge=0.1, le=60, description="between two records to a partition, seconds")
    timeout: float = Field(
        default=3.0, ge=0.5, le=60, description="a record that is not acknowledged by then has failed, seconds"
    )
    address: str = Field(default="127.0.0.1", min_length=1, description="network address to show the metrics on")
    port: int = Field(default=9469, ge=1, le=65535, description="port to show the metrics on; clusters may share one")
    kafka: KafkaSettings | None = Field(
        default=None, description="how the canary logs in, as a user that may write its topic; default: as the cluster"
    )
    sampler: SamplerSettings = Field(default=SamplerSettings(), description="checks of records against schemas")
