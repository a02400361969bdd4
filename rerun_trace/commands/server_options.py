"""What the words after `--` mean to `streamlit run`: where the app is going to answer."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

import click

from ..tracer.errors import HostError, PortInUse
from ..web.server.listen import LOOPBACK_ADDRESSES, listen
from .options import UsageProblem

_ANYWHERE = ("", "0.0.0.0", "::")
_LOOPBACK = ("localhost", "127.0.0.1")  # names of one address


@dataclass(frozen=True)
class AppAddress:
    """`url` is for the browser; a server that listens at `host` and `port` is ready for it.

    `binds` is Streamlit's `server.address`: loopback, unless the user's settings say otherwise.
    """

    url: str
    host: str
    port: int
    binds: str

    def seen_from(self, name: str, is_here: bool) -> str | None:
        """The app's address for a browser that has opened our page under the host name `name`.

        Under the same name wherever that leads to the app, as only then the page's frame sends the
        app's cookies, without which Streamlit refuses uploads. None when the app cannot be reached
        from there; `is_here`: the browser is on this machine.
        """
        on_any = self.binds in _ANYWHERE
        if self.host in (*_LOOPBACK, "::1") and not on_any and not is_here:
            return None
        is_alias = name in _LOOPBACK and self.host in _LOOPBACK
        if is_alias or (on_any and re.fullmatch(r"[a-z0-9.-]+", name)):
            return self.url.replace(f"//{self.host}:", f"//{name}:", 1)
        return self.url


def app_address(app: str, options: Sequence[str]) -> AppAddress:
    """Where the app will answer: as the options or Streamlit's settings say, else at a free port.

    Streamlit itself reads the options. Raises UsageProblem for one that it does not know, and
    PortInUse, or HostError for an address that cannot be used.
    """
    from streamlit import config
    from streamlit.web import bootstrap, cli

    try:
        given = dict(cli.main_run.make_context("streamlit run", [app, *options]).params)
    except click.ClickException as error:
        raise UsageProblem(f"streamlit run: {' '.join(error.format_message().split())}") from None
    del given["target"], given["args"]
    config.__dict__["_main_script_path"] = os.path.realpath(app)
    bootstrap.load_config_options(given)
    # Not an address: the page's own must be of the same name, or uploads are refused.
    address = str(config.get_option("server.address") or "localhost")
    wanted = int(config.get_option("server.port")) if config.is_manually_set("server.port") else 0
    port = _free_port(address, wanted)
    host = "localhost" if address in _ANYWHERE else address
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    base = str(config.get_option("server.baseUrlPath")).strip("/")
    name = f"[{host}]" if ":" in host else host
    # Streamlit would look the name up, and the system need not know it.
    binds = LOOPBACK_ADDRESSES[0] if address == "localhost" else address
    return AppAddress(f"{scheme}://{name}:{port}" + (f"/{base}" if base else ""), host, port, binds)


def _free_port(address: str, wanted: int) -> int:
    try:
        probes = listen(address, wanted)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fix = "choose another with -- --server.port N"
            raise PortInUse(f"port {wanted} is in use: {fix}") from None
        reason = f"{address}:{wanted} cannot be used ({error.strerror}): check --server.*"
        raise HostError(reason) from None
    port = int(probes[0].getsockname()[1])
    for probe in probes:
        probe.close()
    return port
