"""What Alembic runs to migrate. There is no alembic.ini: `data.store.migrate` passes an open, locked connection."""

from __future__ import annotations

from alembic import context

from data.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=False)
context.run_migrations()
