"""Where a page at `localhost` answers, on systems that do not agree what `localhost` is."""

from __future__ import annotations

import errno
import socket
import urllib.request
from typing import Any

import pytest

from rerun_trace.db.store import TraceStore
from rerun_trace.tracer.errors import PortInUse
from rerun_trace.web.app import create_app
from rerun_trace.web.server import listen as listening
from rerun_trace.web.server.listen import LOOPBACK_ADDRESSES, addresses_of, listen
from rerun_trace.web.server.serving import serve

pytestmark = pytest.mark.first_row


def is_here(address: str) -> bool:
    """Whether this machine has the address; one without IPv6 has no ::1."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


HERE = [address for address in LOOPBACK_ADDRESSES if is_here(address)]
both = pytest.mark.skipif(len(HERE) < 2, reason="this machine has one loopback address")


@pytest.fixture
def unknown_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose table of hosts does not know `localhost`."""
    look_up = socket.getaddrinfo

    def without_localhost(host: str, *words: Any, **more: Any) -> Any:
        if host == "localhost":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", without_localhost)


@pytest.mark.usefixtures("unknown_localhost")
def test_a_page_at_localhost_answers_at_every_loopback_address(store: TraceStore) -> None:
    server = serve(create_app(store), "localhost")
    try:
        assert server.url == f"http://localhost:{server.port}"
        for address in HERE:
            name = f"[{address}]" if ":" in address else address
            with urllib.request.urlopen(f"http://{name}:{server.port}/") as answer:
                assert answer.status == 200
    finally:
        server.close()
    # Every one of its sockets is closed.
    for socket_ in listen("localhost", server.port):
        socket_.close()


@pytest.mark.parametrize("address", HERE)
def test_a_port_in_use_at_one_of_the_addresses_is_in_use(address: str, store: TraceStore) -> None:
    """A browser that is sent to `localhost` could come to somebody else's page."""
    (holder,) = listen(address, 0)
    port = holder.getsockname()[1]
    with holder, pytest.raises(PortInUse, match=f"localhost:{port} is in use: choose another"):
        serve(create_app(store), "localhost", port)


@both
def test_a_free_port_is_free_at_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    (holder,) = listen("::1", 0)
    taken = holder.getsockname()[1]
    wanted = [taken, 0]

    def first_the_taken_one(address: str, port: int) -> socket.socket:
        return of_one(address, port or wanted.pop(0))

    of_one = listening._listening
    monkeypatch.setattr(listening, "_listening", first_the_taken_one)
    with holder:
        sockets = listen("localhost", 0)
    ports = {each.getsockname()[1] for each in sockets}
    assert len(sockets) == 2
    assert len(ports) == 1
    assert taken not in ports
    for each in sockets:
        each.close()


def test_an_address_that_this_system_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = "192.0.2.1"  # of a network that is for documentation only
    monkeypatch.setattr(listening, "LOOPBACK_ADDRESSES", (lacking, "127.0.0.1"))
    (only,) = listen("localhost", 0)
    with only:
        assert only.getsockname()[0] == "127.0.0.1"
    monkeypatch.setattr(listening, "LOOPBACK_ADDRESSES", (lacking,))
    with pytest.raises(OSError) as raised:  # noqa: PT011 (the number is looked at)
        listen("localhost", 0)
    assert raised.value.errno == errno.EADDRNOTAVAIL


def test_every_other_name_stands_for_itself() -> None:
    assert addresses_of("class.example") == ("class.example",)
    assert addresses_of("127.0.0.1") == ("127.0.0.1",)
