"""What every table has in common."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have the same name on every database, so that a migration can find them again."""


class StoreTable(SQLModel):
    """Base of all tables; its metadata is what the migrations are compared with."""

    metadata = MetaData(naming_convention=NAMES)
