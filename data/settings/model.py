"""The settings as a whole."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from data.settings.canary import CanarySettings
from data.settings.connections import (
    AlertmanagerSettings,
    ConnectSettings,
    HttpUrl,
    PrometheusSettings,
    RegistrySettings,
)
from data.settings.evidence import EvidenceSettings
from data.settings.kafka import KafkaSettings
from data.settings.secrets import REDACTED, ReadableFile, reveal, without_userinfo
from data.settings.section import Section

SAMPLE_DATABASE = "sample.sqlite"
DATABASE = "streamgauge.sqlite"


class Environment(StrEnum):
    """What a cluster is for."""

    DEV = "dev"
    QA = "qa"
    STG = "stg"
    PROD = "prod"


class ClusterSettings(Section):
    """One cluster and the systems around it; what is left out is not asked, and shown as not connected."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        description="name on every page; letters, digits, dot, dash, underscore",
    )
    environment: Environment = Field(default=Environment.DEV, description="what the cluster is for")
    region: str = Field(default="", description="where it runs")
    kafka: KafkaSettings = Field(description="the brokers")
    registry: RegistrySettings | None = Field(default=None, description="schema registry")
    connect: ConnectSettings | None = Field(default=None, description="Kafka Connect")
    prometheus: PrometheusSettings | None = Field(default=None, description="metrics of this cluster")
    alertmanager: AlertmanagerSettings | None = Field(default=None, description="Alertmanager")
    canary: CanarySettings | None = Field(default=None, description="synthetic end-to-end monitor; see canary.md")


class CollectSettings(Section):
    """How often each part is looked at, in seconds."""

    estate: float = Field(
        default=30.0, ge=1, le=86400, description="brokers, topics, groups, offsets, subjects, connectors"
    )
    configs: float = Field(default=300.0, ge=1, le=86400, description="topic configs")
    acls: float = Field(default=300.0, ge=1, le=86400, description="ACLs")
    slices: float = Field(default=15.0, ge=1, le=86400, description="SLI slices from Prometheus")
    evidence: float = Field(default=300.0, ge=1, le=86400, description="what probes see; see evidence.md")


class RetentionSettings(Section):
    """How long each kind of observation is kept, in days; none keeps it for ever."""

    intervals: int | None = Field(
        default=400, ge=1, description="states that have ended: topics, configs, ACLs, schemas, members, findings"
    )
    measurements: int | None = Field(default=400, ge=1, description="hourly offsets and lag")
    slices: int | None = Field(default=800, ge=1, description="SLI slices")
    runs: int | None = Field(default=90, ge=1, description="what each collection run asked and got")
    audit: int | None = Field(default=None, ge=1, description="who changed what")


def _there(path: Path) -> Path:
    """The path, when there is something at it; raises PydanticCustomError otherwise."""
    expanded = path.expanduser()
    if not expanded.exists():
        raise PydanticCustomError("setting", "a folder or a file that is there")
    return expanded


def _database_url(value: str) -> str:
    """The URL, when it names a database that the store speaks; raises PydanticCustomError otherwise."""
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise PydanticCustomError("setting", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    return value


class Settings(Section, BaseSettings):
    """Everything that streamgauge is told from outside. Made by `load_settings`, which reads file and environment."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    clusters: tuple[ClusterSettings, ...] = Field(
        default=(), description="the clusters to observe; none means the sample estate"
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
        default=None, repr=False, description="SQLite or PostgreSQL; default: a SQLite file in data_dir"
    )
    database_url_file: ReadableFile | None = Field(default=None, description="file that holds database_url")
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("streamgauge"), description="folder for the default database"
    )
    public_url: HttpUrl | None = Field(
        default=None, description="address that others reach the pages at; used in links"
    )
    admin_secret: SecretStr | None = Field(
        default=None, min_length=12, description="what an admin logs in with when the network is bound"
    )
    admin_secret_file: ReadableFile | None = Field(default=None, description="file that holds admin_secret")
    rubric_dir: Annotated[Path, AfterValidator(_there)] | None = Field(
        default=None, description="folder or file with your changes to the maturity rubric; see rubric.md"
    )
    rubric_language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="language of the rubric, such as de; rubric_dir has a translation into it",
    )
    collect: CollectSettings = Field(default=CollectSettings(), description="cadences")
    evidence: EvidenceSettings = Field(default=EvidenceSettings(), description="names that probes look at")
    retention: RetentionSettings = Field(default=RetentionSettings(), description="how long observations are kept")

    either: ClassVar[tuple[tuple[str, str], ...]] = (
        ("database_url", "database_url_file"),
        ("admin_secret", "admin_secret_file"),
    )

    @field_validator("data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` merged: the ready-made sources know neither list indices nor line numbers."""
        return (init_settings,)

    @property
    def configured(self) -> bool:
        """True when there is a cluster to observe; otherwise the sample estate is shown."""
        return bool(self.clusters)

    @property
    def sample_file(self) -> Path | None:
        """The sample estate's own database file; None when there is a cluster to observe or a database is named."""
        if self.configured or self.database_url is not None or self.database_url_file is not None:
            return None
        return self.data_dir / SAMPLE_DATABASE

    def database(self) -> str:
        """URL of the database to open; it may hold a password, so show `shown_database` instead.

        Raises OSError when database_url_file has gone since the start.
        """
        if self.database_url_file is not None:
            return self.database_url_file.read_text(encoding="utf-8").strip()
        if self.database_url is not None:
            return self.database_url
        return f"sqlite:///{self.data_dir / (DATABASE if self.configured else SAMPLE_DATABASE)}"

    def shown_database(self) -> str:
        """The database's URL for people: without user and password, and without parameters that may hold them."""
        address, _, parameters = without_userinfo(self.database()).partition("?")
        return f"{address}?{REDACTED}" if parameters else address

    def admin(self) -> str | None:
        """The admin's secret. Raises OSError when its file has gone."""
        return reveal(self.admin_secret, self.admin_secret_file)

    def cluster(self, name: str) -> ClusterSettings:
        """The cluster of that name. Raises KeyError when none has it."""
        for cluster in self.clusters:
            if cluster.name == name:
                return cluster
        raise KeyError(name)
