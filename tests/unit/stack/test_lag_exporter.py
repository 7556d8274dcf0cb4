from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from stack.lag_exporter import Lags, Offsets

SEEN = Offsets(
    3, {("orders", 0): 12, ("orders", 1): 4}, {"mailer": {("orders", 0): 5, ("orders", 1): 6, ("gone", 0): 1}}
)


def exposed(lags: Lags) -> list[str]:
    registry = CollectorRegistry()
    registry.register(lags)
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def test_lag_is_the_end_without_the_commit_and_never_negative() -> None:
    lags = Lags()
    lags.last = SEEN

    assert [line for line in exposed(lags) if line.startswith("kafka_consumergroup_lag")] == [
        'kafka_consumergroup_lag{consumergroup="mailer",partition="0",topic="orders"} 7.0',
        'kafka_consumergroup_lag{consumergroup="mailer",partition="1",topic="orders"} 0.0',
    ]


def test_what_could_not_be_read_is_not_shown() -> None:
    assert exposed(Lags()) == []
