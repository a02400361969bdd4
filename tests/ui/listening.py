"""A place that an app may try to reach: whatever arrives at a port is noted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listening:
    """`arrived`: the first line of each request, `tcp` of silent connections, `udp` of packets."""

    address: str  # host and port, of TCP and of UDP
    arrived: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listening]:
    """Notes what arrives, until the end of the block."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=500) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        found = Listening(f"127.0.0.1:{port}")
        threads = [threading.Thread(target=_connections, args=(tcp, found))]
        threads += [threading.Thread(target=_packets, args=(udp, found))]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            # Wakes those who wait.
            tcp.shutdown(socket.SHUT_RDWR)
            udp.sendto(b"", udp.getsockname())
            for thread in threads:
                thread.join()


def _connections(tcp: socket.socket, found: Listening) -> None:
    while True:
        try:
            connection, _ = tcp.accept()
        except OSError:
            return
        index = len(found.arrived)
        found.arrived.append("tcp")
        threading.Thread(target=_read, args=(connection, found, index), daemon=True).start()


def _read(connection: socket.socket, found: Listening, index: int) -> None:
    with connection:
        connection.settimeout(10)
        try:
            line = connection.recv(500).split(b"\r\n")[0]
        except OSError:
            return
        found.arrived[index] = line.decode("latin-1") or "tcp"


def _packets(udp: socket.socket, found: Listening) -> None:
    while udp.recvfrom(2000)[0]:
        found.arrived.append("udp")
