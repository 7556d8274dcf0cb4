"""Which object of the estate is open, kept in the address so that a link opens it for the next person."""

from __future__ import annotations

import json
from dataclasses import dataclass

import streamlit as st

from data.store.read import FactKind
from scoring.catalog.estate import ClusterName

PARAMETER = "item"


@dataclass(frozen=True, slots=True)
class Selected:
    """One object: its kind, its cluster and the key that its history is kept under."""

    kind: FactKind
    cluster: ClusterName
    key: str

    def write(self) -> str:
        """The object as a query parameter."""
        return json.dumps([self.kind.value, self.cluster, self.key], separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Selected | None:
        """The object that a query parameter names; None when it names none."""
        try:
            kind, cluster, key = json.loads(text)
            return cls(FactKind(kind), ClusterName(str(cluster)), str(key))
        except (ValueError, TypeError):
            return None


def selected() -> Selected | None:
    """The object that the address opens."""
    return Selected.read(st.query_params.get(PARAMETER, ""))


def select(item: Selected) -> None:
    """Open an object."""
    st.query_params[PARAMETER] = item.write()


def close() -> None:
    """Close what is open."""
    st.query_params.pop(PARAMETER, None)


def name_of(item: Selected) -> str:
    """The object's name for people."""
    if item.kind is not FactKind.ACL:
        return item.key
    principal, host, operation, permission, resource, name, _ = json.loads(item.key)
    return f"{principal} from {host}: {permission} {operation} on {resource} {name}"
