"""Whole page or one fragment from the same template: the only file that knows htmx."""

from collections.abc import Collection

from flask import Response, current_app, make_response, render_template
from htmx_flask import request


def render_page(
    template: str,
    *,
    fragments: Collection[str] = (),
    status: int = 200,
    **context: object,
) -> Response:
    """Render `template`, or only the fragment htmx is about to replace.

    A fragment is a block around one element and is named like the element's id, with underscores
    (`idea-list` is the block `idea_list`). Only the ids in `fragments` are ever served alone, so a
    crafted header cannot reach a block whose guard stands outside it. Flashed notices and an
    `announcement` travel beside the fragment into the page's status region. A GET for a target
    this page does not have sends the whole browser on: a page never lands inside a page.
    """
    wanted = target_id()
    if wanted in fragments:
        html = _render_block(template, wanted.replace("-", "_"), context)
        html += render_template("notices.html", beside_fragment=True, **context)
    elif wanted and request.method == "GET":
        return Response(headers={"HX-Redirect": request.full_path.rstrip("?")})
    else:
        html = render_template(template, **context)
    response = make_response(html, status)
    response.vary.add("HX-Target")
    return response


def target_id() -> str:
    """Return the id of the element htmx wants to replace, or "" for a plain request."""
    # htmx 2 sends the bare id, htmx 4 sends "tag#id".
    return (request.htmx.target or "").rpartition("#")[2]


def _render_block(template: str, block: str, context: dict[str, object]) -> str:
    current_app.update_template_context(context)
    page = current_app.jinja_env.get_template(template)
    return "".join(page.blocks[block](page.new_context(context)))
