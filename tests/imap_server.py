"""A private IMAP server from the system's package, started for a test and stopped after it."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HINT = "Dovecot is missing; install it with: apt-get install -y dovecot-imapd"
USER, PASSWORD, FOLDER = "briefe", "geheim/und:lang", "Antworten"
PATIENCE = 30
CONFIGURATION = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class ImapServer:
    """A running server with one empty mailbox."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"imap://{USER}:geheim%2Fund%3Alang@127.0.0.1:{port}/{FOLDER}"
        with self._signed_in() as box:
            box.create(FOLDER)

    def put(self, mail: bytes) -> None:
        """Let a mail arrive."""
        with self._signed_in() as box:
            answer = box.append(FOLDER, "", "", mail)
            assert answer[0] == "OK", answer

    def flags(self) -> list[str]:
        """Return what is marked on the mails: who only reads leaves nothing."""
        with self._signed_in() as box:
            box.select(FOLDER, readonly=True)
            found = box.uid("FETCH", "1:*", "(FLAGS)")[1]
        return [each.decode() for each in found if isinstance(each, bytes)]

    def make_anew(self) -> None:
        """Delete the folder and make it again: its numbers begin anew."""
        with self._signed_in() as box:
            box.delete(FOLDER)
            box.create(FOLDER)

    @contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4]:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            box.login(USER, PASSWORD)
            yield box
        finally:
            box.logout()


@contextmanager
def private_imap() -> Iterator[ImapServer]:
    """Yield a server on a loopback port; nothing of it survives."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if not program:
        raise RuntimeError(HINT)
    home = Path(tempfile.mkdtemp(prefix="portal-imap-", dir="/tmp"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user, group = _unprivileged()
    configuration = home / "dovecot.conf"
    configuration.write_text(
        CONFIGURATION.format(home=home, user=user, group=group, port=port, password=PASSWORD)
    )
    (home / "mail").mkdir()
    if os.getuid() == 0:
        shutil.chown(home, user, group)
        shutil.chown(home / "mail", user, group)
    process = subprocess.Popen(
        [program, "-F", "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_for(port, process, home)
        yield ImapServer(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> tuple[str, str]:
    """Return who runs the server's parts: dovecot refuses mail to root."""
    user = "nobody" if os.getuid() == 0 else getpass.getuser()
    return user, grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _wait_for(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    log = (home / "log").read_text() if (home / "log").exists() else ""
    said = process.communicate(timeout=1)[1].decode() if process.poll() is not None else ""
    raise RuntimeError(f"dovecot did not start: {said}{log}")
