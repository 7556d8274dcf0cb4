"""Reads every definition of a folder: SLOs of OpenSLO v1 and our own kinds, several documents to a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.definitions.located import DefinitionError, Located, read_documents
from data.definitions.names import name_of
from data.definitions.openslo import alert_conditions, read_slo
from data.definitions.own_kinds import read_exemption, read_invariant, read_policy
from data.definitions.shelf import METADATA, OPENSLO, OURS, TOP, DefinitionWarning, Shelf
from scoring.slo.definition import SloDefinition
from scoring.slo.exemptions import EVERY_SLO, Exemption
from scoring.slo.policy import DEFAULT_POLICY, ErrorBudgetPolicy

DEFINITIONS = Path(__file__).parent
SLOS = DEFINITIONS / "slos"

KINDS = {
    OPENSLO: ("SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"),
    OURS: ("Invariant", "ErrorBudgetPolicy", "Exemption"),
}

_REFERRED = ("SLI", "DataSource", "AlertPolicy", "AlertCondition")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that a folder defines. policies: by name, the default one always among them."""

    slos: tuple[SloDefinition, ...] = ()
    policies: dict[str, ErrorBudgetPolicy] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    warnings: tuple[DefinitionWarning, ...] = ()


def load_definitions(folder: Path = SLOS) -> Definitions:
    """Every definition of a folder's *.yaml and *.yml, in the order of file names.

    Raises DefinitionError for the first thing that is wrong, also for a folder without any definition.
    """
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        raise DefinitionError(folder, 1, "", "has no *.yaml file with a definition")
    return read_definitions([document for file in files for document in read_documents(file)])


def read_definitions(documents: Sequence[Located]) -> Definitions:
    """The definitions of several documents that may refer to each other."""
    shelf = Shelf.of(documents, _REFERRED)
    slos: dict[str, SloDefinition] = {}
    policies: dict[str, ErrorBudgetPolicy] = {DEFAULT_POLICY.name: DEFAULT_POLICY}
    exemptions: dict[str, Exemption] = {}
    defined: set[str] = set()
    for root in documents:
        kind = _kind(root)
        name = root.record(TOP)["metadata"].record(("name",), METADATA)["name"]
        if kind in ("SLO", "Invariant"):
            definition = read_slo(root, shelf) if kind == "SLO" else read_invariant(root)
            if definition.id in slos:
                raise name.wrong(f"{definition.id} is defined in another file too")
            slos[definition.id] = definition
        elif kind == "ErrorBudgetPolicy":
            policy = read_policy(root)
            if policy.name in defined:
                raise name.wrong(f"the policy {policy.name} is defined in another file too")
            defined.add(policy.name)
            policies[policy.name] = policy
        elif kind == "Exemption":
            exemption = read_exemption(root)
            if exemption.id in exemptions:
                raise name.wrong(f"the exemption {exemption.id} is defined in another file too")
            exemptions[exemption.id] = exemption
        else:
            _check(kind, root, shelf)
    _refer(documents, slos, policies)
    return Definitions(tuple(slos.values()), policies, tuple(exemptions.values()), tuple(shelf.warnings))


def load_slos(folder: Path = SLOS) -> tuple[SloDefinition, ...]:
    """Every SLO of a folder, by file name. Raises DefinitionError, also when two files give one name."""
    return load_definitions(folder).slos


def load_slo(file: Path) -> SloDefinition:
    """The one SLO of a file, which may have other documents that it refers to. Raises DefinitionError."""
    slos = read_definitions(read_documents(file)).slos
    if len(slos) != 1:
        raise DefinitionError(file, 1, "", f"must have one SLO, not {len(slos)}")
    return slos[0]


def _kind(root: Located) -> str:
    top = root.record(TOP)
    version = top["apiVersion"].exactly(*KINDS)
    return top["kind"].exactly(*KINDS[version])


def _check(kind: str, root: Located, shelf: Shelf) -> None:
    """Checks a document that no definition is made of."""
    top = root.record(TOP)
    name_of(top["metadata"].record(("name",), METADATA)["name"])
    if kind == "DataSource":
        fields = top["spec"].record(("type",), ("description", "connectionDetails"))
        if "connectionDetails" in fields:
            shelf.warn(
                fields["connectionDetails"], "is not used: the Prometheus of each cluster is named in the settings"
            )
    elif kind == "AlertPolicy":
        alert_conditions(top["spec"], shelf)
    elif kind == "AlertNotificationTarget":
        shelf.warn(top["spec"], "is not used: receivers belong to Alertmanager's configuration")


def _refer(
    documents: Sequence[Located], slos: dict[str, SloDefinition], policies: dict[str, ErrorBudgetPolicy]
) -> None:
    """Names of policies and SLOs that are referred to must exist."""
    for root in documents:
        top = root.record(TOP)
        name = top["metadata"].entries()["name"]
        slo = slos.get(name.text()) if top["kind"].text() in ("SLO", "Invariant") else None
        if slo is not None and slo.policy not in policies:
            raise name.wrong(f"{slo.id} follows the policy {slo.policy}, which is not defined")
        if top["kind"].text() == "Exemption":
            for item in top["spec"].entries()["slos"].items():
                if item.text() != EVERY_SLO and item.text() not in slos:
                    raise item.wrong(f"there is no SLO {item.text()}")
