"""One served portal for all journeys, Chromium, and windows for the people of the demo.

Groups of them run in one process (`pytest -n 2 --dist loadgroup`) and share its portal. The demo is
filled once for all; JOURNEYS_INSTANCE may name a folder that `portal seed` has filled already.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from portal.accounts.demo import DEMO_PASSWORD
from tests.imap_server import private_imap
from tests.journeys.served import ServedPortal
from tests.journeys.walker import DESKTOP, Walker, sign_in

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
NO_BROWSER = "Chromium is missing. Install it with: apt-get install -y chromium"
Walk = Callable[..., Walker]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPortal]:
    """The demo, served; its logs come with every failure."""
    temporary = tmp_path_factory.getbasetemp()  # with xdist the processes' folders lie side by side
    shared = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    with private_imap() as imap:
        portal = ServedPortal(tmp_path_factory.mktemp("served"), imap)
        try:
            portal.fill(shared / "demo")
            portal.start()
            yield portal
        finally:
            portal.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, one process for all windows."""
    path = Path("/usr/bin/chromium")
    found = str(path) if path.exists() else shutil.which("chromium")
    if not found:
        pytest.fail(NO_BROWSER, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """What the browser remembers of those who signed in before."""
    return {}


@pytest.fixture
def walk(
    served: ServedPortal, chromium: Browser, signed_in: dict[str, StorageState]
) -> Iterator[Walk]:
    """Open a window: walk(), walk("koordination@demo.example"), walk(javascript=False) …"""
    windows: list[Walker] = []

    def open_window(
        address: str = "",
        *,
        javascript: bool = True,
        size: dict[str, int] = DESKTOP,
        password: str = DEMO_PASSWORD,
        colors: str = "light",
    ) -> Walker:
        context = chromium.new_context(
            base_url=served.url,
            locale="de-DE",
            java_script_enabled=javascript,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=colors,  # type: ignore[arg-type]
            reduced_motion="reduce",
            storage_state=signed_in.get(address),
        )
        window = Walker(context, javascript=javascript, address=address)
        windows.append(window)
        if address and address not in signed_in:
            sign_in(window, address, password)
            signed_in[address] = context.storage_state()
        return window

    yield open_window
    for window in windows:
        window.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show the logs of server and worker with a failure."""
    report = yield
    portal = getattr(item, "funcargs", {}).get("served")
    if report.failed and isinstance(portal, ServedPortal):  # type: ignore[attr-defined]
        report.sections.append(("Portal", portal.logs()))  # type: ignore[attr-defined]
    return report
