"""Kafka's jars and the schema registry, through Maven, against the hashes that this repository keeps.

`stack/pom.xml` names what is wanted and no repository: a company's mirror works by its own Maven settings.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from stack.downloads.cached import DownloadError, finished, sha256

POM = Path(__file__).parent.parent / "pom.xml"
LOCK = Path(__file__).parent.parent / "pom.sha256"

JARS_GOAL = "dependency:copy-dependencies"
REGISTRY_GOAL = "dependency:copy@registry"


def kafka_jars() -> Path:
    """The folder of the jars."""
    return finished(f"kafka-{_version()}", "Kafka's jars (130 MB)", _fetch_jars)


def registry_home() -> Path:
    """The unpacked schema registry."""
    return finished(f"registry-{_version()}", "the schema registry (160 MB)", _fetch_registry)


def write_lock() -> None:
    """Write the hashes of what the POM names now to the lock, to be reviewed and committed with the POM."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _copy(JARS_GOAL, folder)
        _copy(REGISTRY_GOAL, folder)
        LOCK.write_text("".join(f"{sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir())))


def _version() -> str:
    """Changes with the POM and its lock, so that an older download is never taken for a newer one."""
    return hashlib.sha256(POM.read_bytes() + LOCK.read_bytes()).hexdigest()[:12]


def _locked() -> dict[str, str]:
    """File name → SHA-256 as the lock says."""
    pairs = (line.split() for line in LOCK.read_text().splitlines())
    return {name: digest for digest, name in pairs}


def _fetch_jars(folder: Path) -> None:
    _copy(JARS_GOAL, folder)
    _check(folder, {name for name in _locked() if name.endswith(".jar")})


def _fetch_registry(folder: Path) -> None:
    _copy(REGISTRY_GOAL, folder)
    _check(folder, {name for name in _locked() if name.endswith(".tar.gz")})
    (archive,) = folder.iterdir()
    # Not Maven's own `unpack`: its default version cuts file names off at 100 characters without a word.
    subprocess.run(
        ["tar", "--extract", "--gzip", "--no-same-owner", "--file", archive, "--directory", folder], check=True
    )
    archive.unlink()


def _check(folder: Path, expected: set[str]) -> None:
    """Raise unless `folder` holds exactly the `expected` files, each with the lock's hash."""
    locked = _locked()
    arrived = {path.name: sha256(path) for path in folder.iterdir()}
    wrong = sorted(
        name for name in arrived.keys() | expected if name not in expected or arrived.get(name) != locked[name]
    )
    if wrong:
        raise DownloadError(
            f"Maven delivered other files than {LOCK.name} names: {', '.join(wrong)}. "
            "If the POM was changed, run: make lock. If not, do not trust the repository that they came from."
        )


def _copy(goal: str, folder: Path) -> None:
    """Let Maven put what `goal` names into `folder`."""
    if shutil.which("mvn") is None:
        raise DownloadError("Maven is not installed. Run: sudo apt-get install --no-install-recommends maven")
    # --strict-checksums: Maven's default for a broken transfer is a warning.
    command = ["mvn", "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", str(POM)]
    command += [goal, f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        raise DownloadError(
            "\n".join(["Maven could not fetch the platform's files:", *errors[:5], done.stderr.strip()])
        )
