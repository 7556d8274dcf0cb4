"""The release gate over HTTP, for pipelines that cannot run the command."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.instance import Instance

PATH = "/api/v1/gate"

NO_STORE = {"Cache-Control": "no-store"}
"""A decision of a minute ago is none."""


def gate_route(instance: Instance) -> Route:
    """GET /api/v1/gate?class=critical|non-critical[&cluster=…][&no_data=stop|pass].

    200 with the decision, whatever it is: `verdict` is the answer, as the command's exit code is. 400 for a question
    that cannot be asked like this, 503 when the database cannot be read: who has to know and gets no 200 must not go.
    On a shared instance it is behind the same sign-in as every page.
    """

    def gate(request: Request) -> Response:
        # Imported here: the server listens before the budgets' engine, and numpy with it, are there.
        from dashboard.releases import UnknownClusterError, decision_json, release_decision
        from data.definitions.located import DefinitionError
        from data.store.failures import StoreError
        from scoring.catalog.estate import ClusterName
        from scoring.slo.policy import ReleaseClass

        asked = dict(request.query_params)
        release_class, no_data, cluster = asked.get("class", ""), asked.get("no_data", "stop"), asked.get("cluster")
        if release_class not in set(ReleaseClass):
            return _refusal(400, f"class is one of {', '.join(ReleaseClass)}, as in {PATH}?class=non-critical.")
        if no_data not in ("stop", "pass"):
            return _refusal(400, "no_data is stop or pass.")
        if surplus := sorted(asked.keys() - {"class", "cluster", "no_data"}):
            return _refusal(400, f"{surplus[0]} is not known; there are class, cluster and no_data.")
        if not instance.opening.done():
            return _refusal(503, "The database is still opening; ask again.")
        try:
            store = instance.reader.store
            if store is None:
                return _refusal(503, "This instance has no database to decide from.")
            decision = release_decision(
                store,
                ReleaseClass(release_class),
                instance.clock(),
                None if cluster is None else ClusterName(cluster),
                pass_without_data=no_data == "pass",
            )
        except UnknownClusterError as error:
            return _refusal(400, f"{error}.")
        except (StoreError, DefinitionError) as error:
            return _refusal(503, str(error))
        return JSONResponse(decision_json(decision), headers=NO_STORE)

    return Route(PATH, gate, methods=["GET"])


def _refusal(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status, headers=NO_STORE)
