"""The reference in docs/connections.md says of every setting what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import trustme
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from data.settings import (
    AlertmanagerSettings,
    CanarySettings,
    ClusterSettings,
    CollectSettings,
    ConnectSettings,
    EvidenceSettings,
    HttpSettings,
    KafkaSettings,
    PrometheusSettings,
    RegistrySettings,
    RetentionSettings,
    SamplerSettings,
    Settings,
    load_settings,
)

DOCUMENT = Path(__file__).parents[4] / "docs" / "connections.md"
SECTIONS: tuple[tuple[str, type[Any]], ...] = (
    ("top level", Settings),
    ("clusters[]", ClusterSettings),
    ("clusters[].kafka", KafkaSettings),
    ("clusters[].registry, .connect, .alertmanager", HttpSettings),
    ("clusters[].prometheus", PrometheusSettings),
    ("clusters[].canary", CanarySettings),
    ("clusters[].canary.sampler", SamplerSettings),
    ("collect", CollectSettings),
    ("evidence", EvidenceSettings),
    ("retention", RetentionSettings),
)


def reference() -> str:
    """The reference as the models have it."""
    return "\n".join(line for title, model in SECTIONS for line in section(title, model))


def section(title: str, model: type[Any]) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        secret = "†" if SecretStr in getattr(field.annotation, "__args__", ()) else ""
        yield f"| `{name}`{secret} | {default(field)} | {field.description} |"


def default(field: Any) -> str:
    if field.is_required():
        return "needed"
    if field.default is PydanticUndefined or field.default in (None, (), ""):
        return ""
    if field.default.__class__.__name__.endswith("Settings"):
        return "as below"
    value = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
    return f"`{value}`"


def test_the_documented_example_is_taken(tmp_path: Path) -> None:
    example = DOCUMENT.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    for name in ("kafka-password", "prometheus-token"):
        (tmp_path / name).write_text("secret")
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    config = tmp_path / "streamgauge.yaml"
    config.write_text(example.replace("/run/secrets/", ""))
    (cluster,) = load_settings(config, {}).clusters
    assert cluster.kafka.librdkafka()["ssl.ca.location"] == str(tmp_path / "ca.pem")
    assert cluster.prometheus is not None
    assert cluster.prometheus.bearer() == "secret"


def test_the_reference_is_what_the_models_say() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    inside = written.partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    assert inside.strip() == reference().strip(), f"put this into docs/connections.md:\n{reference()}"


def test_the_sources_that_share_a_table_have_the_same_settings() -> None:
    for model in (RegistrySettings, ConnectSettings, AlertmanagerSettings):
        assert {name: str(field) for name, field in model.model_fields.items()} == {
            name: str(field) for name, field in HttpSettings.model_fields.items()
        }
