"""The schema registry: Apicurio, spoken to through its Confluent API.

It asks for more flags than one would think (each was found by what broke without it): compatibility is NONE unless set,
`GET /subjects` stops at 1 000, and H2 without WRITE_DELAY=0 forgets acknowledged writes when it is killed.
"""

from __future__ import annotations

from stack import downloads, jvm
from stack.plan import REGISTRY
from stack.ports import HOST
from stack.processes import Program
from stack.state import StackState

MOST_SUBJECTS = 100_000


def registry_program(state: StackState) -> Program:
    """The registry, its database in the stack's directory."""
    part = state.part(REGISTRY)
    home = state.directory / REGISTRY
    home.mkdir(parents=True, exist_ok=True)
    settings = {
        "quarkus.http.host": HOST,
        "quarkus.http.port": part.ports["http"],
        "quarkus.http.access-log.enabled": "false",
        "quarkus.management.host": HOST,
        "quarkus.management.port": part.ports["management"],
        "apicurio.rules.global.compatibility": "BACKWARD",
        "apicurio.ccompat.max-subjects": MOST_SUBJECTS,
        "apicurio.datasource.url": f"jdbc:h2:file:{home}/db;WRITE_DELAY=0",
        "java.util.logging.manager": "org.jboss.logmanager.LogManager",
    }
    flags = [f"-D{key}={value}" for key, value in settings.items()]
    main = [*flags, "-jar", str(downloads.registry_home() / "quarkus-run.jar")]
    return Program(
        name=REGISTRY,
        argv=jvm.java(main, heap="192m", brief=True),
        directory=home,
        ports=part.ports,
    )
