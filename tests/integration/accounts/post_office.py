"""A small mail server: takes what is sent to it and keeps it, with or without STARTTLS."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from typing import cast


@dataclass
class PostOffice:
    port: int = 0
    letters: Queue[EmailMessage] = field(default_factory=Queue)
    logins: list[str] = field(default_factory=list)
    was_encrypted: bool = False
    refuses: bool = False


class _Desk(socketserver.StreamRequestHandler):
    """One client, line by line: what of RFC 5321 Python's client says."""

    def handle(self) -> None:
        office: PostOffice = self.server.office  # type: ignore[attr-defined] # set below
        self._say("220 post office")
        while line := self.rfile.readline().decode("ascii").strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                offers = ["250-post office", "250-AUTH PLAIN"]
                offers += ["250-STARTTLS"] if self._tls() and not office.was_encrypted else []
                self._say("\r\n".join([*offers, "250 8BITMIME"]))
            elif verb == "STARTTLS":
                self._say("220 go on")
                if not self._encrypt(office):
                    return
            elif verb.startswith("AUTH PLAIN"):
                office.logins.append(line.split()[2])
                self._say("235 welcome")
            elif verb.startswith("RCPT") and office.refuses:
                self._say("550 nobody here")
            elif verb == "DATA":
                self._say("354 go on")
                office.letters.put(self._letter())
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the encrypted one, which the server does not know

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def _tls(self) -> ssl.SSLContext | None:
        return self.server.tls  # type: ignore[attr-defined,no-any-return] # set below

    def _encrypt(self, office: PostOffice) -> bool:
        tls = self._tls()
        assert tls is not None
        try:
            self.request = self.connection = tls.wrap_socket(self.connection, server_side=True)
        except ssl.SSLError:  # the client does not trust this certificate
            return False
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")  # type: ignore[assignment] # buffered here
        office.was_encrypted = True
        return True

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return cast("EmailMessage", message_from_bytes(b"".join(lines), policy=policy.default))


@contextmanager
def post_office(tls: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    office = PostOffice()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Desk) as server:
        server.daemon_threads = True
        server.office, server.tls = office, tls  # type: ignore[attr-defined] # for the desk
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
