"""A test client that reads pages like a person and audits each one on the way."""

from collections import Counter
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.extensions import db


class Browser(FlaskClient):
    """Visit and submit; every page is checked for what all pages must honour."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        with self.application.app_context():  # a session and a `g` of its own, as in production
            response = super().open(*args, **kwargs)
        db.session.expire_all()  # so the test sees what was committed, and only that
        db.session.rollback()
        return response

    def visit(self, path: str, *, status: int = 200, target: str = "") -> BeautifulSoup:
        """Read a page, or with `target` the fragment htmx would ask for."""
        return self._read(self.get(path, headers=_htmx(target)), status, target)

    def submit(
        self, path: str, *, status: int = 200, target: str = "", **data: object
    ) -> BeautifulSoup:
        """Post a form and follow the redirect, as browsers do."""
        response = self.post(path, data=data, headers=_htmx(target))
        if response.status_code == 303 and status == 200:
            return self.visit(response.location, target=target)
        return self._read(response, status, target)

    def _read(self, response: TestResponse, status: int, target: str) -> BeautifulSoup:
        path = response.request.path
        assert response.status_code == status, f"{path}: {response.status} → {response.location}"
        soup = BeautifulSoup(response.text, "html.parser")
        if status in (200, 422):
            check_markup(soup, path)
            if not target:
                check_page(soup, path)
        return soup


def check_page(soup: BeautifulSoup, path: str) -> None:
    """One heading that the title repeats, a language, no inline code."""
    headings = soup.select("h1")
    assert len(headings) == 1, f"{path}: one h1 per page, found {len(headings)}"
    assert headings[0].get_text(" ", strip=True) in soup.title.text, (
        f"{path}: the title repeats the h1"
    )
    assert soup.html.get("lang"), f"{path}: <html lang> is missing"
    assert not soup.select("script:not([src]), style"), f"{path}: inline script or style"


def check_markup(soup: BeautifulSoup, path: str) -> None:
    """Unique ids, labelled controls, CSRF fields, a plain twin for every hx attribute."""
    elements = soup.find_all(True)  # walked once: a selector walks through the page each time
    ids = Counter(element["id"] for element in elements if element.has_attr("id"))
    twice = sorted(name for name, number in ids.items() if number > 1)
    assert not twice, f"{path}: duplicate ids: {twice}"
    labels = {element.get("for") for element in elements if element.name == "label"} - {None}
    for element in elements:
        _check_element(element, path, labels)


def _check_element(element: Tag, path: str, labels: set[str]) -> None:
    if _is_control(element):
        named = element.get("aria-label") or element.get("id") in labels
        assert named or element.find_parent("label"), f"{path}: no label for {element}"
    if element.name == "form" and element.get("method", "get").lower() == "post":
        token = element.select_one("[name=csrf_token]")
        assert token, f"{path}: no CSRF in {element.get('action')}"
    for url in (element[name] for name in ("hx-get", "hx-post") if element.has_attr(name)):
        form = element if element.name == "form" else element.find_parent("form")
        twin = element.get("href") or element.get("formaction") or (form and form.get("action"))
        assert url.partition("?")[0] == (twin or "").partition("?")[0], (
            f"{path}: {url} has no plain link or form beside it"
        )
    if {"style", "onclick", "hx-on"} & element.attrs.keys():
        raise AssertionError(f"{path}: inline style or handler on {element.name}")


def _is_control(element: Tag) -> bool:
    if element.name == "input":
        return element.get("type", "").lower() not in ("hidden", "submit")
    return element.name in ("select", "textarea")


def form_fields(page: BeautifulSoup, selector: str) -> Mapping[str, str]:
    """Return the values a browser would send back for the form at `selector`."""
    form = page.select_one(selector)
    assert form, f"no form at {selector}"
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    values |= {area["name"]: area.text for area in form.select("textarea[name]")}
    return values


def _htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target} if target else {}
