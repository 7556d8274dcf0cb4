"""Prometheus: what is scraped and which rules run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import requests

from stack import downloads
from stack.brokers import sites
from stack.plan import ALERTMANAGER, CANARY_METRICS, CONNECT, LAG_EXPORTER, MIRROR, PROMETHEUS, REGISTRY
from stack.ports import HOST
from stack.processes import Program, wait_until
from stack.state import Part, StackError, StackState, write_in_one_step

RULES = Path(__file__).parent / "rules"
TARGET_SECONDS = 120.0
RETENTION = "45d"
"""Longer than a 30-day window and the days around it, so that backfilled history stays."""

CANARY_JOB = "streamgauge-canary"


def prometheus_program(state: StackState) -> Program:
    """Prometheus, its configuration and rules written."""
    part = state.part(PROMETHEUS)
    home = state.directory / PROMETHEUS
    home.mkdir(parents=True, exist_ok=True)
    configuration = write_prometheus_configuration(state)
    return Program(
        name=PROMETHEUS,
        argv=[
            str(downloads.prometheus()),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={home / 'data'}",
            f"--storage.tsdb.retention.time={RETENTION}",
            f"--web.listen-address={HOST}:{part.ports['http']}",
            "--web.enable-lifecycle",
            "--web.enable-admin-api",
            "--log.level=warn",
        ],
        directory=home,
        ports=part.ports,
    )


def write_prometheus_configuration(state: StackState) -> Path:
    """Write prometheus.yml (as JSON, which is YAML) and copy the rules beside it; the path of the former."""
    home = state.directory / PROMETHEUS
    rules = home / "rules"
    rules.mkdir(parents=True, exist_ok=True)
    for source in RULES.glob("*.yml"):
        shutil.copy(source, rules)
    state.targets.mkdir(exist_ok=True)
    configuration = home / "prometheus.yml"
    write_in_one_step(configuration, json.dumps(prometheus_configuration(state), indent=2))
    return configuration


def reload_prometheus(state: StackState) -> None:
    """Make a running Prometheus read its configuration again."""
    answer = requests.post(f"{state.prometheus_url}/-/reload", timeout=30)
    if not answer.ok:
        raise StackError(f"Prometheus refused its configuration: {answer.text.strip()}")


def await_every_target(state: StackState) -> None:
    """Wait until Prometheus has reached each target of the stack's own (the workload's come and go).

    Each once, not all at one moment: on a busy machine some scrape or other always takes too long.
    """
    jobs = prometheus_configuration(state)["scrape_configs"]
    missing = {address for job in jobs for target in job.get("static_configs", ()) for address in target["targets"]}

    def all_reached() -> bool:
        missing.difference_update(_reached(state))
        return not missing

    try:
        wait_until(all_reached, "Prometheus should reach every part", TARGET_SECONDS)
    except StackError as problem:
        raise StackError(f"{problem} It cannot scrape {', '.join(sorted(missing))}; see `status`.") from problem


def _reached(state: StackState) -> set[str]:
    """Addresses of the targets whose last scrape went well."""
    try:
        answer = requests.get(f"{state.prometheus_url}/api/v1/query", params={"query": "up == 1"}, timeout=10)
        return {found["metric"]["instance"] for found in answer.json()["data"]["result"]}
    except (requests.RequestException, KeyError, ValueError):
        return set()  # It is starting, and will be asked again.


def prometheus_configuration(state: StackState) -> dict[str, Any]:
    """prometheus.yml as data. Job `kafka` has one target a broker, labelled with its cluster and node."""
    brokers = [
        _target(part, "metrics", cluster=site.access.name, broker=str(node))
        for site in sites(state)
        for node, part in enumerate(site.brokers, start=1)
    ]
    jobs = [
        _job("kafka", brokers),
        _job("prometheus", [_target(state.part(PROMETHEUS), "http")]),
        _job("alertmanager", [_target(state.part(ALERTMANAGER), "http")]),
        _job("registry", [_target(state.part(REGISTRY), "management", cluster=state.kafka.name)]),
        _job("connect", [_target(state.part(CONNECT), "metrics", cluster=state.kafka.name)]),
        _job("lag-exporter", [_target(state.part(LAG_EXPORTER), "metrics", cluster=state.kafka.name)]),
    ]
    if state.dr is not None:
        jobs.append(_job("mirror-maker", [_target(state.part(MIRROR), "metrics", cluster=state.dr.name)]))
    jobs.append(
        {
            "job_name": "workload",
            "file_sd_configs": [{"files": [f"{state.targets}/*.json"], "refresh_interval": "5s"}],
        }
    )
    jobs.append(
        {
            "job_name": CANARY_JOB,
            "file_sd_configs": [{"files": [f"{canary_targets(state)}/*.json"], "refresh_interval": "5s"}],
        }
    )
    interval = f"{state.options.scrape_interval}s"
    return {
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "rule_files": [f"{state.directory / PROMETHEUS / 'rules'}/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [_target(state.part(ALERTMANAGER), "http")]}]},
        "scrape_configs": jobs,
    }


def scrape_canary(state: StackState) -> None:
    """Have Prometheus scrape the application's canary from now on, whether it runs or not.

    Not from `up` on: a canary that nobody ever started is not a target that is down.
    """
    port = state.part(PROMETHEUS).ports[CANARY_METRICS]
    canary_targets(state).mkdir(parents=True, exist_ok=True)
    write_in_one_step(canary_targets(state) / "canary.json", json.dumps([{"targets": [f"{HOST}:{port}"]}]))


def canary_labels(state: StackState) -> dict[str, str] | None:
    """The labels that Prometheus gives the canary; None while nobody has had it scraped."""
    if not (canary_targets(state) / "canary.json").exists():
        return None
    return {"job": CANARY_JOB, "instance": f"{HOST}:{state.part(PROMETHEUS).ports[CANARY_METRICS]}"}


def canary_targets(state: StackState) -> Path:
    """The directory of the files that name canaries to scrape."""
    return state.directory / PROMETHEUS / "canary"


def _job(name: str, targets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"job_name": name, "static_configs": targets}


def _target(part: Part, purpose: str, **labels: str) -> dict[str, Any]:
    target: dict[str, Any] = {"targets": [f"{HOST}:{part.ports[purpose]}"]}
    return target | {"labels": labels} if labels else target
