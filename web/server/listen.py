"""Sockets that listen under a name of this machine."""

from __future__ import annotations

import errno
import socket

# What a browser takes `localhost` for, whatever the system's table of hosts says: that may name one
# of the two, either one first, or be missing. An address that the system lacks is left out.
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_TRIES = 20


def addresses_of(host: str) -> tuple[str, ...]:
    """Where `host` may be found; anything but `localhost` stands for itself."""
    return LOOPBACK_ADDRESSES if host == "localhost" else (host,)


def listen(host: str, port: int) -> list[socket.socket]:
    """One socket for each address of `host`, all at the same port; `port` 0 takes a free one.

    Raises OSError when the name leads nowhere, or when the port is in use at one of the addresses:
    a browser might ask that one, and would get an answer of somebody else's.
    """
    for left in reversed(range(_TRIES)):
        try:
            return _listen(addresses_of(host), port)
        except OSError as error:
            # A port that was free at the first address may be in use at the second.
            if port or not left or error.errno != errno.EADDRINUSE:
                raise
    raise AssertionError("the last try returns or raises")


def _listen(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for address in addresses:
            try:
                sockets.append(_listening(address, port))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                missing = error
            else:
                port = int(sockets[-1].getsockname()[1])
        if missing and not sockets:
            raise missing
    except OSError:
        for opened in sockets:
            opened.close()
        raise
    return sockets


def _listening(address: str, port: int) -> socket.socket:
    family, _, _, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        # The port of a server that has just ended may be taken at once.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(where)
        # Only now is the port taken: two sockets that do not listen may be bound to one.
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened
