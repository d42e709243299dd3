"""Invitations and new passwords by mail, where the installation names a mail server.

A letter goes out after the transaction that made its link, so that no server elsewhere holds up a
resident's answer; the page shows the link all the same, for the day on which no mail gets through.
"""

from __future__ import annotations

import logging
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Final, NamedTuple

from app.errors import Misconfigured
from app.privacy.staff.tls import verified_tls

if TYPE_CHECKING:
    from app.settings import Settings

SECONDS: Final = 15
_log = logging.getLogger("rapport.web")


class Letter(NamedTuple):
    to: str
    subject: str
    text: str


class MailServer:
    """Refuses a setting that does not fit when the process starts, not when the first mail goes."""

    def __init__(self, settings: Settings) -> None:
        if "@" not in settings.mail_from:
            raise Misconfigured("Set RAPPORT_MAIL_FROM to the address that mails come from.")
        self._settings = settings
        self._password = ""
        if settings.smtp_password_file is not None:
            self._password = settings.smtp_password_file.read_text("utf-8").strip()

    def send(self, letter: Letter) -> None:
        """Never raises: nobody waits for the outcome. What went wrong is logged, to whom is not."""
        try:
            with self._connected() as server:
                if self._settings.smtp_account:
                    server.login(self._settings.smtp_account, self._password)
                server.send_message(self._written(letter))
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            _log.warning("a mail was not sent: %s", type(failure).__name__)

    def _connected(self) -> smtplib.SMTP:
        place = (self._settings.smtp_host, self._settings.smtp_port)
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(*place, timeout=SECONDS, context=verified_tls())
        server = smtplib.SMTP(*place, timeout=SECONDS)
        if self._settings.smtp_security == "starttls":
            server.starttls(context=verified_tls())
        return server

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = letter.to
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._settings.mail_from.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message


def mail_server(settings: Settings) -> MailServer | None:
    return MailServer(settings) if settings.smtp_host else None
