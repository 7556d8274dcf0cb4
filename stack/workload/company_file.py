"""Reading the company file, and what must fit together in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stack.workload.company import SHAPES, Behaviour, Company, CompanyError, Format, Reader, Topic

COMPANY_FILE = Path(__file__).parents[1] / "company.yaml"


def load_company(path: Path = COMPANY_FILE) -> Company:
    """Read and check a company file; CompanyError names what is wrong and where."""
    try:
        document: dict[str, Any] = YAML(typ="safe").load(path)
        defaults = document.pop("defaults", {}).get("topic", {})
        document["topics"] = [{**defaults, **topic} for topic in document.get("topics", [])]
        company = TypeAdapter(Company).validate_python(document)
    except (OSError, YAMLError, AttributeError, TypeError) as error:
        raise CompanyError(f"{path} cannot be read as a company: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CompanyError(f"{path}, {place}: {first['msg']} (got {first['input']!r}).") from error
    for complaint in _complaints(company):
        raise CompanyError(f"{path}, {complaint}.")
    return company


def _complaints(company: Company) -> Iterable[str]:
    """What does not fit together, first things first."""
    teams = {team.name for team in company.teams}
    topics = {topic.name: topic for topic in company.topics}
    domains = {domain.name for domain in company.domains}
    for kind, names in (
        ("domains", [domain.name for domain in company.domains]),
        ("teams", [team.name for team in company.teams]),
        ("topics", [topic.name for topic in company.topics]),
        ("producers", [stream.name for stream in company.producers]),
        ("consumers", [reader.group for reader in company.consumers]),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                yield f"{kind}: {name} is there {times} times"
    for team in company.teams:
        if team.domain not in domains:
            yield f"team {team.name}: no domain is called {team.domain}"
    for owner, who in [
        *((topic.owner, f"topic {topic.name}") for topic in company.topics),
        *((stream.team, f"producer {stream.name}") for stream in company.producers),
        *((reader.team, f"consumer {reader.group}") for reader in company.consumers),
        *((grant.team, f"grant on {grant.name}") for grant in company.grants),
    ]:
        if owner not in teams:
            yield f"{who}: no team is called {owner}"
    for topic in company.topics:
        yield from _topic_complaints(topic)
    for stream in company.producers:
        target = topics.get(stream.topic)
        if target is None:
            yield f"producer {stream.name}: no topic is called {stream.topic}"
        elif not target.shape or target.key is None:
            yield f"producer {stream.name}: {stream.topic} needs a shape and a key to be written"
        elif stream.poison and target.under_contract:
            yield f"producer {stream.name}: poison belongs into a topic that is not under contract"
    for reader in company.consumers:
        yield from (
            f"consumer {reader.group}: no topic is called {name}" for name in reader.all_topics if name not in topics
        )
        yield from _reader_complaints(reader)


def _topic_complaints(topic: Topic) -> Iterable[str]:
    suffix = {Format.AVRO: ".avsc", Format.JSON: ".json", Format.NONE: ".json"}[topic.format]
    for file in topic.shape:
        if not (SHAPES / file).is_file() or not file.endswith(suffix):
            yield f"topic {topic.name}: shape {file} is not a {suffix} file in {SHAPES.name}/"
    if topic.under_contract and not topic.shape:
        yield f"topic {topic.name}: a topic under contract needs a shape"
    if topic.min_insync > topic.replication:
        yield f"topic {topic.name}: min_insync {topic.min_insync} is more than its {topic.replication} replicas"


def _reader_complaints(reader: Reader) -> Iterable[str]:
    needed = {
        Behaviour.LAGS: ("max_per_second",),
        Behaviour.BURSTS: ("every_seconds",),
        Behaviour.REFERENCE: ("dead_letters",),
        Behaviour.PROCESSOR: ("repartition", "changelog", "output"),
    }.get(reader.behaviour, ())
    for key in needed:
        if getattr(reader, key) is None:
            yield f"consumer {reader.group}: behaviour {reader.behaviour} needs {key}"
