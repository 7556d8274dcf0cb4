"""Command lines of the Java parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stack import downloads
from stack.ports import HOST
from stack.processes import Program
from stack.state import Part

LOG4J = """\
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d{{ISO8601}}] %p %m (%c)%n
# Who was refused what: the authorizer writes a line for every denial, which would drown the broker's own log.
logger.authorizer.name = kafka.authorizer.logger
logger.authorizer.level = info
logger.authorizer.additivity = false
logger.authorizer.appenderRef.denied.ref = denied
appender.denied.type = RollingFile
appender.denied.name = denied
appender.denied.fileName = {directory}/denied.log
appender.denied.filePattern = {directory}/denied.log.%i
appender.denied.createOnDemand = true
appender.denied.layout.type = PatternLayout
appender.denied.layout.pattern = [%d{{ISO8601}}] %m%n
appender.denied.policies.type = Policies
appender.denied.policies.size.type = SizeBasedTriggeringPolicy
appender.denied.policies.size.size = 10MB
appender.denied.strategy.type = DefaultRolloverStrategy
appender.denied.strategy.max = 2
logger.state.name = state.change.logger
logger.state.level = warn
logger.configs.name = org.apache.kafka.common.config
logger.configs.level = warn
logger.reflections.name = org.reflections
logger.reflections.level = error
"""


def java(main: Sequence[str], heap: str, agent: str | None = None, brief: bool = False) -> list[str]:
    """A Java command line.

    main: everything from the class path on. heap: the limit, as the JVM writes it (512m). agent: what to load beside
    the program, with its arguments. brief: compile only with the fast compiler, which starts sooner and runs slower:
    for parts that are not under load.
    """
    command = [str(downloads.java()), "-Xms64m", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
    command += ["-Djava.awt.headless=true", "-XX:-UsePerfData"]
    if brief:
        command.append("-XX:TieredStopAtLevel=1")
    if agent is not None:
        command.append(f"-javaagent:{agent}")
    return [*command, *main]


def tool(main: str) -> list[str]:
    """The beginning of a command line of one of Kafka's own tools."""
    return java(["-cp", kafka_class_path(), main], heap="128m", brief=True)


def kafka_program(part: Part, main: str, settings: Path, rules: str, heap: str, brief: bool = False) -> Program:
    """A server of Kafka that runs beside its settings file and shows Prometheus its beans by these exporter rules."""
    home = settings.parent
    exporter = home / "exporter.yml"
    exporter.write_text(rules, encoding="utf-8")
    log4j = home / "log4j2.properties"
    log4j.write_text(LOG4J.format(directory=home), encoding="utf-8")
    started = [f"-Dlog4j2.configurationFile={log4j}", "-cp", kafka_class_path(), main, str(settings)]
    agent = f"{downloads.jmx_agent()}={HOST}:{part.ports['metrics']}:{exporter}"
    return Program(part.name, java(started, heap, agent, brief), home, part.ports)


def kafka_class_path() -> str:
    """Kafka's jars, without the agent (it brings copies of its own) and the file connectors (a plugin of Connect)."""
    jars = sorted(downloads.kafka_jars().glob("*.jar"))
    return ":".join(str(jar) for jar in jars if not jar.name.startswith(("jmx_prometheus", "connect-file-")))
