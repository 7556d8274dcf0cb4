"""What librdkafka itself says about the options that it is to be given."""

from __future__ import annotations

import logging

from data.settings.kafka import KafkaSettings

_SILENT = logging.getLogger("streamgauge.settings.librdkafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def refused_options(kafka: KafkaSettings) -> list[tuple[tuple[str, ...], str]]:
    """(path inside the kafka section, what is allowed) for what librdkafka refuses; no broker is contacted.

    Each raw option is tried alone, so that the one at fault can be named; then all of them together, which
    loads certificates and keys.
    """
    if not kafka.extra and not kafka.security_protocol.tls:
        return []
    refused: list[tuple[tuple[str, ...], str]] = [
        (("extra", name), reason)
        for name, value in kafka.extra.items()
        if (reason := _refusal({name: value.get_secret_value()})) is not None
    ]
    if refused:
        return refused
    together = kafka.librdkafka()
    together.pop("bootstrap.servers")
    reason = _refusal(together)
    return [(("security_protocol",), reason)] if reason is not None else []


def _refusal(options: dict[str, str]) -> str | None:
    """Why librdkafka does not take these options; None when it does."""
    # Imported here, because pages load settings too and never speak to a broker: this keeps 0.1 s out of their start.
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    try:
        AdminClient(dict(options), logger=_SILENT)
    except KafkaException as error:
        return f"what librdkafka takes ({error.args[0].str().removeprefix('Failed to create admin client: ')})"
    return None
