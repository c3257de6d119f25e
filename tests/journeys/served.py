"""A portal as people run it: its own folder, server and worker as processes, mails as files."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from tests.imap_server import ImapServer

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds until a step gives up; nothing waits that long when all is well
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# The sender of all mails, and where an answer to a letter goes.
OWN_ADDRESS = re.compile(r"portal@demo\.example|briefe\+[0-9a-f]{20}@demo\.example")
Found = TypeVar("Found")


def until(find: Callable[[], Found], what: str) -> Found:
    """Look again and again until `find` returns something; fail with `what` after a while."""
    deadline = time.monotonic() + PATIENCE
    while not (found := find()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE} s for {what}")
        time.sleep(0.05)
    return found


class ServedPortal:
    """The demo's Leipzig East, served on a port of its own."""

    def __init__(self, folder: Path, imap: ImapServer) -> None:
        self.folder, self.imap = folder, imap
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PORTAL_") and name != "DATABASE_URL"
        } | {
            "PORTAL_INSTANCE": str(folder), "PORT": str(self.port), "OMP_NUM_THREADS": "1",
            "PORTAL_IMAP_URL": imap.url, "PORTAL_REPLY_ADDRESS": "briefe@demo.example",
        }  # fmt: skip

    def fill(self, demo: Path) -> None:
        """Copy the folder `demo`; whichever process of the run comes first fills that."""
        with demo.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not demo.exists():
                self._fill()
                shutil.copytree(self.folder, demo)
                return
        shutil.copytree(demo, self.folder, dirs_exist_ok=True)

    def _fill(self) -> None:
        """Make the tables and the demo, or copy a folder that JOURNEYS_INSTANCE names."""
        if ready := os.environ.get("JOURNEYS_INSTANCE"):
            shutil.copytree(ready, self.folder, dirs_exist_ok=True)
        for command in (("db", "upgrade"), *([] if ready else [("seed",)])):
            with self._log(command[0]).open("ab") as log:
                done = subprocess.run(
                    self._command(*command), cwd=ROOT, env=self._environment,
                    stdout=log, stderr=log,
                )  # fmt: skip
            assert done.returncode == 0, f"portal {' '.join(command)} failed\n{self.logs(15)}"

    def run_jobs(self) -> None:
        """Do once what the worker does every minute."""
        with self._log("jobs").open("ab") as log:
            subprocess.run(
                self._command("jobs", "run"), cwd=ROOT, env=self._environment, check=True,
                stdout=log, stderr=log,
            )  # fmt: skip

    def start(self) -> None:
        """Start server and worker, and wait until the server answers."""
        for command in ("run", "worker"):
            with self._log(command).open("ab") as log:
                self._processes[command] = subprocess.Popen(
                    self._command(command), cwd=ROOT, env=self._environment,
                    stdout=log, stderr=log,
                )  # fmt: skip
        until(self._answers, f"{self.url}/healthz")
        # The first search builds the index, which takes long on a machine that has much to do.
        with urllib.request.urlopen(f"{self.url}/suche?q=Bank", timeout=PATIENCE):
            pass

    def stop(self) -> None:
        """End both processes as an operator does."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def logs(self, lines: int = 40) -> str:
        """Return the last lines of each process."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            last = path.read_text("utf-8", "replace").splitlines()[-lines:]
            parts.append(f"--- {path.name}\n" + "\n".join(last))
        return "\n".join(parts)

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Return the mails sent so far, oldest first; with `to` only those to that address."""
        paths = sorted((self.folder / "outbox").glob("*.eml"))
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [mail for mail in mails if not to or mail["To"].addresses[0].addr_spec == to]

    def links_to(self, to: str, pattern: str) -> list[str]:
        """Return the paths of the links like `pattern` somebody was sent, the newest first."""
        links = [link for mail in self.mails(to) for link in _links(mail) if pattern in link]
        return [link.removeprefix(self.url) for link in reversed(links)]

    def wait_for_link(self, to: str, pattern: str) -> str:
        """Return the newest link like `pattern` to a mailbox only one journey writes to."""
        return until(lambda: self.links_to(to, pattern), f"a mail to {to} like {pattern}")[0]

    def _answers(self) -> bool:
        for name, process in self._processes.items():
            assert process.poll() is None, f"portal {name} ended: {self.logs()}"
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "portal", *words]

    def _log(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{name}.log"


def addresses_in(mail: EmailMessage) -> set[str]:
    """Return the mail addresses somebody could read in a mail, besides its own recipient's line."""
    headers = [
        str(value) for name, value in mail.items() if name.lower() not in ("to", "message-id")
    ]
    found = ADDRESS.findall("\n".join([*headers, mail.get_content()]))
    return {address for address in found if not OWN_ADDRESS.fullmatch(address)}


def _links(mail: EmailMessage) -> list[str]:
    return re.findall(r"https?://\S+", mail.get_content())


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
