"""What is documented exists, what exists is documented, no text is left out of the catalogue."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal import ROOMS
from portal.cli import cli

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "portal" / "translations"
COMMANDS = {*cli.commands, "db", "match", "user"}  # rooms add theirs to the app


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def texts(path: Path) -> set[object]:
    with path.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def test_every_setting_is_explained_in_the_readme():
    used = set(re.findall(r"\"(PORTAL_[A-Z_]+|DATABASE_URL)\"", read("portal/config.py")))
    documented = set(re.findall(r"`(PORTAL_[A-Z_]+|DATABASE_URL)`", read("README.md")))
    assert used == documented


def test_every_room_is_on_the_map():
    for room in ROOMS:
        assert f"\n  {room}/" in read("ARCHITECTURE.md"), room


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_command_the_documents_name_exists(document):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for target in re.findall(r"`make ([a-z]+)", read(document)):
        assert target in targets, f"{document}: make {target}"
    for command in re.findall(r"(?:^    |`|&& )portal ([a-z]+)", read(document), re.MULTILINE):
        assert command in COMMANDS, f"{document}: portal {command}"


def test_the_catalogue_holds_every_text(tmp_path):
    fresh = tmp_path / "messages.pot"
    subprocess.run(
        [
            sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg",
            "-k", "_l", "-k", "_", "-k", "ngettext:1,2", "--no-location", "--omit-header",
            "--sort-output", "-o", str(fresh), ".",
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip
    assert texts(fresh) == texts(CATALOGUES / "messages.pot"), "stale: run make catalogues"


def test_every_language_has_a_catalogue_of_the_same_texts():
    wanted = texts(CATALOGUES / "messages.pot")
    languages = sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))
    assert len(languages) >= 5
    for path in languages:
        assert texts(path) == wanted, path


def test_no_lock_file_records_where_packages_come_from():
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "http" not in read(name)
        assert "--hash=sha256:" in read(name)
