"""Somebody in front of a browser window. Every page they come to is looked over."""

import re
from pathlib import Path
from types import TracebackType
from typing import Self

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.journeys.served import ADDRESS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
COLOR_RULES = ("color-contrast", "link-in-text-block")  # all that dark mode can change
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PUBLIC_ADDRESSES = {"post@demo.example", "name@beispiel.de"}  # the imprint's, a form's example
# Where a letter goes and where its answer comes back: what coordinators may read.
LETTER_ADDRESS = re.compile(r"amt-[a-z]+@demo\.example|briefe\+[0-9a-f]{20}@demo\.example")
NARROW = {"width": 320, "height": 640}
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

# htmx is at rest: nothing asked, swapped or settling, and nothing left that loads itself.
AT_REST = """() => document.readyState === "complete" && !document.querySelector(
    ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, [hx-trigger^='load']")"""
RUN_AXE = """async (rules) => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    return found.violations.map((rule) => rule.id + ": " + rule.help + rule.nodes.map(
        (node) => "\\n    " + node.html.slice(0, 300) + "\\n      " + node.failureSummary));
}"""
BY_HTMX = """control => [control, control.form].some(
    (element) => element?.matches("[hx-get], [hx-post]"))"""
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("main *, header *, footer *")].filter((element) =>
        element.getBoundingClientRect().right > width + 1).slice(0, 5).map((element) =>
        element.outerHTML.slice(0, 200));
}"""


class Walker:
    """One window of one person: goes to pages, fills in, presses, and reads what is there."""

    def __init__(self, context: BrowserContext, *, javascript: bool, address: str = "") -> None:
        self.context, self.javascript = context, javascript
        self.own_addresses = {address} - {""}
        self.writes_letters = address.startswith(("koordination", "verwaltung"))
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.errors: list[str] = []
        self.expected = 200
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()

    def visit(self, path: str, *, status: int = 200) -> Self:
        """Open a page by its address."""
        self.expected = status
        answer = self.page.goto(path)
        assert answer, path
        assert answer.status == status, f"{path}: {answer.status}"
        return self.settle()

    def press(self, name: str, *, inside: Locator | None = None) -> Self:
        """Press the button of that name."""
        return self.use((inside or self.page).get_by_role("button", name=name).first)

    def follow(self, name: str, *, inside: Locator | None = None) -> Self:
        """Follow the link of that name."""
        return self.use((inside or self.page.locator("main")).get_by_role("link", name=name).first)

    def use(self, control: Locator) -> Self:
        """Click, and wait for what comes: a fragment, or a page."""
        if self.javascript and control.evaluate(BY_HTMX):
            with self.page.expect_response(lambda answer: not 300 <= answer.status < 400) as caught:
                control.click()
            if target := caught.value.headers.get("hx-redirect"):
                self.page.wait_for_url(lambda url: url.endswith(target))
        else:
            with self.page.expect_navigation():
                control.click()
        return self.settle()

    def fill(self, label: str, text: str) -> Self:
        """Write into the field of that label."""
        self.page.get_by_label(label).first.fill(text)
        return self

    def settle(self) -> Self:
        """Wait until the page is complete, then look it over."""
        self.page.wait_for_load_state()
        if self.javascript and not self.page.evaluate(AT_REST):  # mostly it is: asking is quick
            self.page.wait_for_function(AT_REST)
        self.look_over()
        return self

    def see(self, *texts: str) -> Self:
        """Expect all these texts on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def look_over(self) -> None:
        """No error in the console, nobody's address, nothing wider than the window."""
        where = self.page.url
        assert not self.errors, f"{where}: {self.errors}"
        strange = set(ADDRESS.findall(self.page.content())) - PUBLIC_ADDRESSES - self.own_addresses
        if self.writes_letters:
            strange = {each for each in strange if not LETTER_ADDRESS.fullmatch(each)}
        assert not strange, f"{where} shows {strange}"
        assert not (wide := self.page.evaluate(TOO_WIDE)), f"{where} is too wide: {wide}"

    def check_accessibility(self, *rules: str) -> list[str]:
        """Return what axe finds, by all rules of WCAG 2.2 AA or only the given ones."""
        assert self.javascript, "axe never answers where scripts are off"
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
        return [str(each) for each in self.page.evaluate(RUN_AXE, only)]

    def check_everywhere(self) -> list[str]:
        """Check this page on phone and desktop, light and dark, and its width at 320 pixels."""
        found = []
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme="light")
            found += self.check_accessibility()
            self.page.emulate_media(color_scheme="dark")
            found += self.check_accessibility(*COLOR_RULES)
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self.look_over()
        return [f"{self.page.url}: {fault}" for fault in found]

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium reports a refused form and a page that is not there as what failed to load.
        foreseen = any(f"status of {status}" in message.text for status in (422, self.expected))
        if message.type in ("error", "warning") and not foreseen:
            self.errors.append(message.text)


def sign_in(walker: Walker, address: str, password: str) -> None:
    """Sign in by the form."""
    walker.own_addresses.add(address)
    walker.visit("/anmelden").fill("E-Mail-Adresse", address).fill("Passwort", password)
    walker.press("Anmelden", inside=walker.page.locator("main form").first)
    expect(walker.page.get_by_role("link", name="Anmelden", exact=True)).to_have_count(0)
