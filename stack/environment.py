"""The environment variables that point the application at a stack, as its read-only user."""

from __future__ import annotations

import shlex

from stack.state import COLLECTOR, KafkaAccess, StackState

DATABASE_FILE = "streamgauge.sqlite"


def variables(state: StackState) -> dict[str, str]:
    """STREAMGAUGE_… variable → value. The database lies in the stack's directory, away from the user's own."""
    found = {"STREAMGAUGE_DATABASE_URL": f"sqlite:///{state.directory / DATABASE_FILE}"}
    password = state.password(COLLECTOR)
    for index, access in enumerate(filter(None, (state.kafka, state.dr))):
        prefix = f"STREAMGAUGE_CLUSTERS__{index}__"
        found |= {prefix + key: value for key, value in _kafka(access, password).items()}
        found[f"{prefix}PROMETHEUS__URL"] = state.prometheus_url
        found[f"{prefix}ALERTMANAGER__URL"] = state.alertmanager_url
        if access is state.kafka:
            found[f"{prefix}REGISTRY__URL"] = state.registry_url
            found[f"{prefix}CONNECT__URL"] = state.connect_url
    return found


def _kafka(access: KafkaAccess, password: str) -> dict[str, str]:
    return {
        "NAME": access.name,
        "ENVIRONMENT": access.environment,
        "REGION": access.region,
        "KAFKA__BOOTSTRAP_SERVERS": access.bootstrap,
        "KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA__SASL_USERNAME": COLLECTOR,
        "KAFKA__SASL_PASSWORD": password,
    }


def exports(state: StackState) -> str:
    """The same as lines for a shell: `eval "$(python -m stack env)"`."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables(state).items())
