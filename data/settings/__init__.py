"""Settings: which clusters there are, how to reach them, and where streamgauge keeps what it observed.

They come from one YAML file and from STREAMGAUGE_… environment variables, which win. Everything that is wrong is
reported at once, each problem with its file, line, key, value and what is allowed. Secrets never appear in a repr,
a log line or an error.

    settings = load_settings(None, os.environ)
    for cluster in settings.clusters:
        ...
"""

from data.settings.canary import CanarySettings, SamplerSettings
from data.settings.connections import (
    AlertmanagerSettings,
    ConnectSettings,
    HttpSettings,
    PrometheusSettings,
    RegistrySettings,
)
from data.settings.errors import SettingsError, SettingsProblem
from data.settings.evidence import EvidenceSettings
from data.settings.kafka import KafkaSettings, SaslMechanism, SecurityProtocol
from data.settings.loading import find_config, load_settings
from data.settings.model import ClusterSettings, CollectSettings, Environment, RetentionSettings, Settings

__all__ = [
    "AlertmanagerSettings",
    "CanarySettings",
    "ClusterSettings",
    "CollectSettings",
    "ConnectSettings",
    "Environment",
    "EvidenceSettings",
    "HttpSettings",
    "KafkaSettings",
    "PrometheusSettings",
    "RegistrySettings",
    "RetentionSettings",
    "SamplerSettings",
    "SaslMechanism",
    "SecurityProtocol",
    "Settings",
    "SettingsError",
    "SettingsProblem",
    "find_config",
    "load_settings",
]
