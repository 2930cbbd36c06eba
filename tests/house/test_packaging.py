"""Packaging: the lock is complete and names no place, nothing is left out of the wheel, the names stay ours."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    building = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(building, cwd=ROOT, check=True, capture_output=True)
    [built] = target.glob("*.whl")
    return built


def test_the_lock_names_no_address():
    assert "://" not in LOCK, "make the lock with --no-emit-index-url --no-header"


def test_the_lock_holds_every_dependency_with_hashes():
    entries = re.split(r"\n(?=\S)", LOCK)
    locked = {canonical(entry): entry for entry in entries if "==" in entry}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert not {canonical(one) for one in wanted} - set(locked), "compile requirements.lock anew"
    assert [name for name, entry in locked.items() if "--hash=sha256:" not in entry] == []


def test_folders_that_must_not_be_packages_are_none():
    assert not (ROOT / "alembic" / "__init__.py").exists(), "it would hide the alembic library"
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_no_other_distribution_provides_our_names():
    for name, distributions in importlib.metadata.packages_distributions().items():
        if name in PACKAGES:
            assert set(distributions) == {"shixian"}, f"{name} also comes from {distributions}"


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    migrations = {
        f"eventstore/migrations/{path.relative_to(ROOT / 'alembic').as_posix()}"
        for path in (ROOT / "alembic").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert ours | migrations <= shipped, "does .gitignore hide a file that the program needs?"
    tops = {name.split("/")[0] for name in shipped if ".dist-info/" not in name}
    assert tops == set(PACKAGES), "nothing else goes into site-packages"
    assert [name for name in shipped if name.endswith(".pyc")] == []


def test_the_wheel_migrates_a_database_by_itself(wheel: Path, tmp_path: Path, empty_dsn: str):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = (
        "import sys; from eventstore import migrate; migrate.upgrade(sys.argv[1]);"
        "print(migrate.scripts(), migrate.current(sys.argv[1]) == migrate.newest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, empty_dsn],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == f"{tmp_path / 'eventstore' / 'migrations'} True"


def test_every_target_is_one_word_for_make_and_for_python():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    usage = subprocess.run([sys.executable, "dev.py"], cwd=ROOT, capture_output=True, text=True)
    assert usage.returncode == 2
    assert "|".join(phony.group(1).split()) in usage.stderr
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
