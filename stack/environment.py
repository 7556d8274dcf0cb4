"""The environment variables that point the application at a stack, as its read-only user."""

from __future__ import annotations

import shlex

from stack.plan import CANARY_METRICS, PROMETHEUS
from stack.state import CANARY, CANARY_GROUP, CANARY_TOPIC, COLLECTOR, KafkaAccess, StackState

DATABASE_FILE = "streamgauge.sqlite"


def variables(state: StackState) -> dict[str, str]:
    """STREAMGAUGE_… variable → value. The database lies in the stack's directory, away from the user's own."""
    found = {"STREAMGAUGE_DATABASE_URL": f"sqlite:///{state.directory / DATABASE_FILE}"}
    for index, access in enumerate(filter(None, (state.kafka, state.dr))):
        prefix = f"STREAMGAUGE_CLUSTERS__{index}__"
        found |= {prefix + key: value for key, value in _kafka(access, state).items()}
        found[f"{prefix}PROMETHEUS__URL"] = state.prometheus_url
        found[f"{prefix}ALERTMANAGER__URL"] = state.alertmanager_url
        if access is state.kafka:
            found[f"{prefix}REGISTRY__URL"] = state.registry_url
            found[f"{prefix}CONNECT__URL"] = state.connect_url
            found |= {f"{prefix}CANARY__{key}": value for key, value in _canary(access, state).items()}
    return found


def _kafka(access: KafkaAccess, state: StackState) -> dict[str, str]:
    return {
        "NAME": access.name,
        "ENVIRONMENT": access.environment,
        "REGION": access.region,
        **_login(access, COLLECTOR, state),
    }


def _canary(access: KafkaAccess, state: StackState) -> dict[str, str]:
    """Its own user, and the port on which Prometheus looks for it once `env --canary` has told it to."""
    return {
        "TOPIC": CANARY_TOPIC,
        "GROUP": CANARY_GROUP,
        "PORT": str(state.part(PROMETHEUS).ports[CANARY_METRICS]),
        **_login(access, CANARY, state),
    }


def _login(access: KafkaAccess, user: str, state: StackState) -> dict[str, str]:
    return {
        "KAFKA__BOOTSTRAP_SERVERS": access.bootstrap,
        "KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA__SASL_USERNAME": user,
        "KAFKA__SASL_PASSWORD": state.password(user),
    }


def exports(state: StackState) -> str:
    """The same as lines for a shell: `eval "$(python -m stack env)"`."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables(state).items())
