from __future__ import annotations

from dataclasses import replace

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.evidence.given import RunningJobs
from scoring.evidence.probes.l4_1_stream_processing import APPLICATIONS, FLINK, PROBE
from tests.unit.scoring.evidence.probes.estates import AWAY, EMPTY, group, judged, outcomes, there, topic

STATE = (topic("order-tracker-by-order-repartition"), topic("order-tracker-order-state-changelog"))
THREAD = "order-tracker-5f0c-StreamThread-1-consumer"
NO_FLINK = there(RunningJobs("", None))
RUNNING = replace(
    EMPTY,
    topics=there(STATE),
    groups=there((group("order-tracker", client=THREAD), group("order"), group("mailer"))),
    flink_jobs=NO_FLINK,
)


def test_a_running_kafka_streams_application_on_a_production_cluster_proves_it() -> None:
    judgement = judged(PROBE, RUNNING)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert outcomes(PROBE, RUNNING, APPLICATIONS) == {"order-tracker": Outcome.TRUE}


def test_elsewhere_than_in_production_it_is_a_sign_only() -> None:
    assert judged(PROBE, replace(RUNNING, environment="dev")).strength is Strength.SUGGESTS


def test_client_ids_alone_or_state_topics_alone_tell() -> None:
    stateless = replace(RUNNING, topics=there(()))
    renamed = replace(RUNNING, groups=there((group("order-tracker", client="own-name"),)))

    assert outcomes(PROBE, stateless, APPLICATIONS) == {"order-tracker": Outcome.TRUE}
    assert outcomes(PROBE, renamed, APPLICATIONS) == {"order-tracker": Outcome.TRUE}


def test_an_application_that_stopped_refutes_it() -> None:
    stopped = replace(RUNNING, groups=there((group("order-tracker", members=0),)))
    gone = replace(RUNNING, groups=there(()))

    assert judged(PROBE, stopped).state is VerdictState.REFUTED
    assert judged(PROBE, gone).state is VerdictState.REFUTED


def test_flink_counts_by_its_own_metrics() -> None:
    bare = replace(RUNNING, topics=there(()), groups=there(()))

    assert judged(PROBE, replace(bare, flink_jobs=there(RunningJobs("flink", 2)))).state is VerdictState.SUPPORTED
    assert outcomes(PROBE, replace(bare, flink_jobs=there(RunningJobs("flink", 0))), FLINK) == {"main": Outcome.FALSE}


def test_no_sign_rules_nothing_out() -> None:
    nothing = replace(RUNNING, topics=there(()), groups=there(()))

    judgement = judged(PROBE, nothing)

    assert judgement.state is VerdictState.NOT_AVAILABLE
    assert "rules nothing out" in judgement.sentence


def test_what_is_not_connected_is_not_available() -> None:
    assert judged(PROBE, EMPTY).state is VerdictState.NOT_AVAILABLE
    assert judged(PROBE, replace(RUNNING, groups=AWAY)).state is VerdictState.NOT_AVAILABLE
    hidden = replace(RUNNING, groups=there((), "DescribeGroups", "Groups are hidden."))
    assert judged(PROBE, hidden).state is VerdictState.NOT_AVAILABLE
