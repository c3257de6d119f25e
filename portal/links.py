"""Links for mails: built from the portal's public address, never from what a request claims."""

from urllib.parse import urlsplit

from flask import current_app


def portal_url(endpoint: str, **values: object) -> str:
    """Return the full address of a page; works in commands and jobs, where no request is."""
    public = urlsplit(str(current_app.config["PUBLIC_URL"]))
    adapter = current_app.url_map.bind(
        public.netloc, script_name=public.path or "/", url_scheme=public.scheme
    )
    return adapter.build(endpoint, values, force_external=True)


def public_address(path: str) -> str:
    """Return the full address of `path`, one of the portal's own."""
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + path
