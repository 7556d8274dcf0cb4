"""What browser tests share: a server that shows a believable sample estate, and one that shows a large one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.believable import written
from tests.browser.serving import Served, serving


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server as `streamgauge run` starts it when nothing is configured: on the recorded sample estate."""
    with serving(tmp_path_factory.mktemp("recorded")) as served:
        yield served


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on a written estate whose every number a test knows."""
    folder = tmp_path_factory.mktemp("sample")
    with serving(folder, environ=written(folder)) as served:
        yield served


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on an estate of 5 000 topics and 1 000 groups in two clusters."""
    folder = tmp_path_factory.mktemp("large")
    environ = written(folder, clusters=("prod-eu", "dr-west"), topics=2_500, groups=500)
    with serving(folder, environ=environ) as served:
        yield served
