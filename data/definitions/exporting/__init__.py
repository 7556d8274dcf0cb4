"""Our definitions as OpenSLO v1 with plain PromQL, for other tools, with a list of what OpenSLO cannot say."""

from data.definitions.exporting.openslo import Exported, export_openslo

__all__ = ["Exported", "export_openslo"]
