"""SLOs of other formats as canonical OpenSLO v1, with a list of everything that could not be carried over."""

from data.definitions.importing.losses import Imported, Loss
from data.definitions.importing.registry import import_file

__all__ = ["Imported", "Loss", "import_file"]
