"""A test client that reads pages like a person and audits each one on the way."""

from collections.abc import Mapping

from bs4 import BeautifulSoup
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
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids)), f"{path}: duplicate ids in {sorted(ids)}"
    for control in soup.select("input:not([type=hidden]):not([type=submit]), select, textarea"):
        named = control.get("aria-label") or control.find_parent("label")
        assert named or soup.select_one(f"label[for='{control.get('id')}']"), (
            f"{path}: no label for {control}"
        )
    for form in soup.select("form"):
        if form.get("method", "get").lower() == "post":
            assert form.select_one("[name=csrf_token]"), f"{path}: no CSRF in {form.get('action')}"
    for element in soup.select("[hx-get], [hx-post]"):
        url = element.get("hx-get") or element.get("hx-post")
        form = element if element.name == "form" else element.find_parent("form")
        twin = element.get("href") or element.get("formaction") or (form and form.get("action"))
        assert url.partition("?")[0] == (twin or "").partition("?")[0], (
            f"{path}: {url} has no plain link or form beside it"
        )
    for element in soup.select("[style], [onclick], [hx-on]"):
        raise AssertionError(f"{path}: inline style or handler on {element.name}")


def form_fields(page: BeautifulSoup, selector: str) -> Mapping[str, str]:
    """Return the values a browser would send back for the form at `selector`."""
    form = page.select_one(selector)
    assert form, f"no form at {selector}"
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    values |= {area["name"]: area.text for area in form.select("textarea[name]")}
    return values


def _htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target} if target else {}
