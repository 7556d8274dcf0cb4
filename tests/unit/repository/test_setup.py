"""A machine that lacks something is told in one sentence what to run, and nothing is installed in vain."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


class Machine:
    """A machine with the programs that a test puts on its PATH, and a copy of the repository's scripts."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clone"
        self.programs = folder / "programs"
        self.programs.mkdir()
        shutil.copytree(ROOT / ".ci", self.root / ".ci")
        for program in ("bash", "chmod", "dirname", "rm", "touch"):
            found = shutil.which(program)
            assert found
            (self.programs / program).symlink_to(found)

    def has(self, program: str, script: str) -> None:
        """Put a program on the PATH that does what the shell lines say."""
        path = self.programs / program
        path.write_text(f"#!/usr/bin/env bash\n{script}\n")
        path.chmod(0o755)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the scripts in .ci, with no terminal."""
        return subprocess.run(
            [self.root / ".ci" / script, *arguments],
            env={"PATH": f"{self.programs}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.has("id", "echo 1000")
    return made


def test_without_python_the_command_to_get_it_is_named(machine: Machine) -> None:
    done = machine.run("python-environment")
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or newer is not here; run: sudo apt-get install --no-install-recommends python3 python3-venv\n"
    )


def test_an_older_python_is_passed_over(machine: Machine) -> None:
    machine.has("python3", '[[ "$2" == *version_info* ]] && echo ""')
    assert "Python 3.11 or newer is not here" in machine.run("python-environment").stderr


def test_a_python_without_venv_is_told_which_package_brings_it(machine: Machine) -> None:
    machine.has("python3", '[[ "$2" == *version_info* ]] && echo 3.12')
    done = machine.run("python-environment")
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.12 is here without its venv module; "
        "run: sudo apt-get install --no-install-recommends python3.12-venv\n"
    )


def test_the_first_python_that_can_make_an_environment_makes_it(machine: Machine) -> None:
    machine.has("python3", '[[ "$2" == *version_info* ]] && echo 3.12')
    machine.has("python3.11", 'case "$2" in *version_info*) echo 3.11 ;; *venv*) ;; *) echo "made by 3.11: $*" ;; esac')
    done = machine.run("python-environment")
    assert done.returncode == 0, done.stderr
    assert "Making .venv with python3.11" in done.stdout


def test_programs_that_are_there_are_not_installed(machine: Machine) -> None:
    for program in ("mvn", "chromium"):
        machine.has(program, "")
    machine.has("apt-get", f"touch {machine.root}/called")
    assert machine.run("system-packages", "maven", "chromium").returncode == 0
    assert not (machine.root / "called").exists()


def test_without_root_and_without_sudo_the_line_for_root_is_named(machine: Machine) -> None:
    machine.has("apt-get", "")
    done = machine.run("system-packages", "maven", "chromium")
    assert done.returncode == 1
    assert done.stderr == (
        "Missing: maven chromium; as root, run: apt-get install --no-install-recommends maven chromium\n"
    )


def test_sudo_that_would_ask_for_a_password_is_not_waited_for(machine: Machine) -> None:
    machine.has("apt-get", "")
    machine.has("sudo", '[ "$1" = --non-interactive ] && exit 1; read -r')
    done = machine.run("system-packages", "maven")
    assert done.returncode == 1
    assert done.stderr == "Missing: maven; as root, run: apt-get install --no-install-recommends maven\n"


def test_root_installs_without_recommendations_after_renewing_old_lists(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("invoke-rc.d", "")
    renewed, said = machine.root / "renewed", machine.root / "said"
    machine.has(
        "apt-get", f'echo "$*" >> {said}\nif [ "$1" = update ]; then touch {renewed}; else [ -e {renewed} ]; fi'
    )
    assert machine.run("system-packages", "maven").returncode == 0
    assert said.read_text().splitlines() == [
        "install --yes --no-install-recommends maven",
        "update",
        "install --yes --no-install-recommends maven",
    ]


def test_no_service_may_start_while_apt_runs_and_the_policy_is_gone_afterwards(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("invoke-rc.d", "")
    policy = machine.programs / "policy-rc.d"
    machine.has("apt-get", f"{policy}; echo the policy says $?; exit 1")
    done = machine.run("system-packages", "maven")
    assert done.returncode == 1
    assert "the policy says 101" in done.stdout
    assert not policy.exists()


def test_a_policy_that_the_machine_has_is_kept(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("invoke-rc.d", "")
    machine.has("policy-rc.d", "exit 104")
    machine.has("apt-get", "")
    assert machine.run("system-packages", "maven").returncode == 0
    assert "exit 104" in (machine.programs / "policy-rc.d").read_text()


def test_sudo_is_used_for_what_is_missing_only(machine: Machine) -> None:
    machine.has("mvn", "")
    machine.has("apt-get", "")
    machine.has("sudo", 'echo "as root: ${*#*.ci/}"')
    done = machine.run("system-packages", "maven", "chromium")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "as root: --non-interactive system-packages chromium"


def test_a_package_that_would_start_a_service_is_not_installable(machine: Machine) -> None:
    done = machine.run("system-packages", "prometheus")
    assert done.returncode == 2
