#!/bin/sh
# Sets up what a command needs and says in one line what is missing. Usage: bootstrap.sh runtime|dev|browser|postgresql|imap
set -eu
cd "$(dirname "$0")"

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# system PACKAGE: install a Debian package, or say how.
system() {
    if may_install; then
        echo "Installing $1 with the system's package manager ..."
        (apt-get install -y -qq "$1" || { apt-get update -qq && apt-get install -y -qq "$1"; }) >/dev/null
    else
        echo "Missing: $1. Install it with: sudo apt-get install -y $1" >&2
        exit 1
    fi
}

environment() {
    [ -x .venv/bin/pip ] || {
        rm -rf .venv
        "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || system python3-venv
        "${PYTHON:-python3}" -m venv .venv
    }
    .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r "$1"
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
}

case "$1" in
runtime) environment requirements.lock && touch .venv/runtime ;;
dev) environment requirements-dev.lock && touch .venv/runtime .venv/dev ;;
browser) command -v chromium >/dev/null || system chromium ;;
postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || system postgresql ;;
imap) command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ] || system dovecot-imapd ;;
*) echo "usage: bootstrap.sh runtime|dev|browser|postgresql|imap" >&2 && exit 2 ;;
esac
