"""The web server: Streamlit's pages with our routes, headers and gate around them."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.bundles import Bundles
from dashboard.gate_route import gate_route
from dashboard.health import health_route
from dashboard.instance import Instance
from dashboard.options import OptionValue
from dashboard.security.gate import GateMiddleware
from dashboard.security.headers import SecurityHeaders
from dashboard.theme import plain
from dashboard.voting.ending import told_of_the_end
from dashboard.voting.hub import Hub
from dashboard.voting.routes import voting_routes
from data.definitions.located import DefinitionError
from data.store.failures import StoreError
from scoring.meetings.texts import RefusedError

LOGGER = logging.getLogger(__name__)

APP_FILE = Path(__file__).with_name("app.py")

Step = Callable[[], None]


def build_server(instance: Instance, options: dict[str, OptionValue], *, started: Step, stopped: Step) -> st.App:
    """The application around `app.py`.

    started, stopped: called when the server begins and ceases to listen; neither may block for long.
    """
    middleware = [Middleware(SecurityHeaders)]
    hub, voting = voting_routes(instance)
    routes = [health_route(instance, dict(options)), gate_route(instance), *voting]
    if instance.gate is not None:
        middleware.append(Middleware(GateMiddleware, gate=instance.gate))
        routes += instance.gate.routes()
    middleware.append(Middleware(Bundles, compressed=instance.gate is not None))
    return st.App(
        APP_FILE,
        routes=routes,
        middleware=middleware,
        lifespan=_lifespan(started, stopped, hub),
        on_script_error=_tell_script_error,
    )


def _lifespan(
    started: Step, stopped: Step, hub: Hub
) -> Callable[[st.App], AbstractAsyncContextManager[dict[str, Any] | None]]:
    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncGenerator[None]:
        started()
        try:
            async with hub.running():
                with told_of_the_end(hub.stop_soon):
                    yield
        finally:
            stopped()

    return lifespan


def _tell_script_error(error: Exception) -> bool:
    """Say on the page what a person can mend; the traceback is for the log. True: nothing else is shown."""
    LOGGER.error("a page failed", exc_info=error)
    if isinstance(error, StoreError | DefinitionError | RefusedError):
        st.error(plain(str(error)))
    else:
        st.error("This part of the page failed; the server's log says why. Reload the page to try again.")
    return True
