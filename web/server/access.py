"""Who may read the pages: under which names they answer, and the token that opens them.

Other users of the machine reach a port of loopback as well as its owner. The address that is
printed holds a token; the browser keeps it as a cookie, and it leaves the address at once.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

# What a browser on this machine calls it.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANY_HOST = "*"
ANY_ADDRESS = "*.*"  # a number, no name: another site's name can lead here, and no number can

TOKEN = "token"  # in an address
# The recorder holds back what is called a token, whichever app sees the cookie: it is sent to every
# server of this machine that is asked under the same name.
_COOKIE = "rerun-trace-token-{port}"
_PLACE = "rerun_trace.access"
_MISSING = (
    "This page opens with the address that rerun-trace printed in its terminal: it ends in "
    f"?{TOKEN}=…, and is good as long as that command runs. Open it once in this browser."
)


@dataclass(frozen=True)
class Access:
    """Who may ask: `hosts` are names without port. Without a token everybody may who gets here."""

    hosts: frozenset[str]
    token: str | None = None

    def knows(self, host: str) -> bool:
        """Whether a `Host` header's value is a name of ours.

        A page of another origin could point a name of its own at this machine (DNS rebinding).
        """
        name = host_name(host)
        return (
            ANY_HOST in self.hosts
            or name in self.hosts
            or (ANY_ADDRESS in self.hosts and _address(name) is not None)
        )

    def opens(self, given: str | None) -> bool:
        """Whether what a request shows is the token; how long that takes tells nothing."""
        if self.token is None:
            return True
        return hmac.compare_digest(_bytes(given or ""), _bytes(self.token))


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(16)


def is_loopback(host: str) -> bool:
    """Whether pages at `host` can be reached from this machine alone."""
    address = _address(host)
    return host in LOOPBACK or (address is not None and address.is_loopback)


def hosts_of(host: str) -> frozenset[str]:
    """The names under which pages at `host` answer."""
    if is_loopback(host):
        return LOOPBACK | {host}
    here = socket.gethostname().lower()
    short = here.partition(".")[0]
    return LOOPBACK | {host.lower(), here, short, f"{short}.local", ANY_ADDRESS}


def host_name(host: str) -> str:
    """The name in a `Host` header's value, without port and without IPv6 brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def access_of(app: Flask) -> Access:
    """Who may ask an application of ours."""
    return cast(Access, app.extensions.get(_PLACE, Access(frozenset({ANY_HOST}))))


def guard(app: Flask, access: Access, open_to_all: Collection[str]) -> None:
    """Has `app` ask every request for its host and the token.

    `open_to_all` are the endpoints that hold nothing of a recording's, and need no token.
    """
    app.extensions[_PLACE] = access

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        if not access.knows(request.host):
            named = sorted(access.hosts - {ANY_ADDRESS})
            more = ", and by IP address" if ANY_ADDRESS in access.hosts else ""
            abort(403, f"This page answers at {', '.join(named)}{more} only.")
        if access.token is None:
            return None
        cookie = _COOKIE.format(port=_port(request.host))
        given = request.args.get(TOKEN)
        is_known = access.opens(request.cookies.get(cookie)) or access.opens(_bearer())
        if given is not None and (is_known or access.opens(given)):
            return _without_token(cookie, access.token)
        if not is_known and request.endpoint not in open_to_all:
            abort(401, _MISSING)
        return None


def _without_token(cookie: str, token: str) -> ResponseReturnValue:
    """The same address without the token, which the browser keeps.

    A page of another site, or a file, leads here without the cookie also after a redirect: then a
    page of ours goes on from here.
    """
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != TOKEN])
    # Two slashes at the beginning would name another host, and so would a backslash.
    address = "/" + quote(request.path.lstrip("/")) + (f"?{query}" if query else "")
    answer: Response
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        answer = Response(render_template("opening.html", address=address))
    else:
        answer = cast(Response, redirect(address, 303))
    answer.set_cookie(cookie, token, httponly=True, samesite="Strict")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _bearer() -> str | None:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return given if kind.lower() == "bearer" else None


def _port(host: str) -> str:
    """Cookies are the same for all ports of a host: each port has its own name."""
    port = host.rpartition(":")[2]
    return port if port.isdecimal() and not host.endswith("]") else "80"


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
