"""The dashboard of the brokers themselves, over the names that the JMX exporter has with Strimzi's rules.

What an exporter does not tell is "no data" in its panel and never 0.
"""

from __future__ import annotations

from scoring.slo.rules.grafana import Dashboard, Kind, Panel, Query, Step, Unit, Variable

_MINE = 'cluster=~"$cluster"'
_OK_IF_ZERO = (Step(None, "green"), Step(1, "red"))
_LAG = ("kafka_consumergroup_lag", "consumergroup"), ("kminion_kafka_consumer_group_topic_lag", "group_id")


def cluster_board() -> Dashboard:
    """Brokers, partitions, errors, latency and lag of the chosen clusters."""
    return Dashboard(
        "streamgauge-cluster-health",
        "Cluster health",
        "Brokers, controllers, partitions, errors, latency and lag.",
        (*_tiles(), *_charts()),
        (Variable("cluster", "Cluster", "kafka_server_replicamanager_underreplicatedpartitions", "cluster"),),
        since="now-6h",
    )


def _tiles() -> tuple[Panel, ...]:
    return (
        _tile(
            "Brokers that answer",
            "Targets with broker metrics whose last scrape was answered.",
            f"count by (cluster) (kafka_server_replicamanager_underreplicatedpartitions{{{_MINE}}})",
            (Step(None, "text"),),
        ),
        _tile(
            "Active controllers",
            "Exactly one. Without it no topic is created and no leader moves.",
            f"sum by (cluster) (kafka_controller_kafkacontroller_activecontrollercount{{{_MINE}}})",
            (Step(None, "red"), Step(1, "green"), Step(2, "red")),
        ),
        _tile(
            "Offline partitions",
            "Partitions without a leader: neither written nor read.",
            f"max by (cluster) (kafka_controller_kafkacontroller_offlinepartitionscount{{{_MINE}}})",
        ),
        _tile(
            "Under-replicated partitions",
            "Partitions with a replica that does not keep up or whose broker is down.",
            f"sum by (cluster) (kafka_server_replicamanager_underreplicatedpartitions{{{_MINE}}})",
        ),
        _tile(
            "Partitions below min ISR",
            "Writes with acks=all to them are refused.",
            f"sum by (cluster) (kafka_server_replicamanager_underminisrpartitioncount{{{_MINE}}})",
        ),
        _tile(
            "Fenced brokers",
            "Registered and not taking part.",
            f"max by (cluster) (kafka_controller_kafkacontroller_fencedbrokercount{{{_MINE}}})",
        ),
    )


def _tile(title: str, description: str, promql: str, steps: tuple[Step, ...] = _OK_IF_ZERO) -> Panel:
    return Panel(Kind.STAT, title, description, (Query(promql, "{{cluster}}"),), width=4, height=5, steps=steps)


def _charts() -> tuple[Panel, ...]:
    produce = f'{_MINE},request="Produce"'
    groups = (f'label_replace({metric}{{{_MINE}}}, "consumergroup", "$1", "{label}", "(.+)")' for metric, label in _LAG)
    lag = " or ".join(f"sum by (cluster, consumergroup) ({group})" for group in groups)
    errors = f'kafka_network_requestmetrics_errors_total{{{produce},error!="NONE"}}'
    topics = "kafka_server_brokertopicmetrics_bytes"
    return (
        Panel(
            Kind.LINES,
            "Produce answers that are errors",
            "By code, a second; a code that was never answered has no line.",
            (Query(f"sum by (cluster, error) (rate({errors}[5m]))", "{{cluster}} {{error}}"),),
            Unit.PER_SECOND,
            lowest=0,
        ),
        Panel(
            Kind.LINES,
            "ISR shrinks and expands",
            "A replica left the in-sync set, or came back.",
            tuple(
                Query(
                    f"sum by (cluster) (rate(kafka_server_replicamanager_isr{what}_total{{{_MINE}}}[5m]))",
                    f"{{{{cluster}}}} {what}",
                )
                for what in ("shrinks", "expands")
            ),
            Unit.PER_SECOND,
            lowest=0,
        ),
        Panel(
            Kind.LINES,
            "Request latency, 99 % under",
            "From the broker's receipt to its answer, the slowest broker.",
            (
                Query(
                    f"max by (cluster, request) (kafka_network_requestmetrics_totaltimems"
                    f'{{{_MINE},request=~"Produce|FetchConsumer",quantile="0.99"}})',
                    "{{cluster}} {{request}}",
                ),
            ),
            Unit.MILLISECONDS,
            lowest=0,
        ),
        Panel(
            Kind.LINES,
            "Lag of the worst groups",
            "Records that ten groups have not read yet, the most first.",
            (Query(f"topk(10, {lag})", "{{cluster}} {{consumergroup}}"),),
            lowest=0,
        ),
        Panel(
            Kind.LINES,
            "Bytes in and out",
            "Of all topics.",
            tuple(
                Query(
                    f'sum by (cluster) (rate({topics}{way}_total{{{_MINE},topic=""}}[5m]))',
                    f"{{{{cluster}}}} {way}",
                )
                for way in ("in", "out")
            ),
            Unit.BYTES_PER_SECOND,
            lowest=0,
        ),
        Panel(
            Kind.LINES,
            "Replication lag",
            "Records that the slowest replica of each broker is behind.",
            (Query(f"max by (cluster) (kafka_server_replicafetchermanager_maxlag{{{_MINE}}})", "{{cluster}}"),),
            lowest=0,
        ),
    )
