"""How messages leave the house: by SMTP, and by HTTP to registered addresses. Nothing else in the program sends.

A transport delivers or raises `Undelivered`, which says whether trying again makes sense. HTTP goes only to the address
that was looked up and found public, and follows no redirect: a target's name cannot be turned towards our own network
between the look and the connection. Refuses to know cases and rows.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, urlsplit

from spatial.errors import Invalid

TIMEOUT_S = 10.0
_SECRET = "whsec_"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Undelivered(Exception):
    """A message was not delivered. `is_final`: it never will be. `why` names no citizen and no secret."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_final = is_final


@dataclass(frozen=True)
class Mailer:
    """An SMTP server to hand mail to. `security` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: str | None = None

    def send(self, *, to: str, subject: str, body: str, message: str, now: datetime) -> None:
        """Hand one mail over. `message` makes its Message-ID, by which a mailbox knows a repeat. Raises Undelivered."""
        try:
            mail = self._mail(to, subject, body, message, now)
        except (ValueError, MessageError, IndexError, AttributeError):
            raise Undelivered("no mail can be written to this address", is_final=True) from None
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=550)
            raise Undelivered(f"the mail server refused the address ({code})", is_final=code >= 500) from None
        except smtplib.SMTPResponseException as refused:
            raise Undelivered(f"the mail server answered {refused.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as fault:
            raise Undelivered(f"the mail server cannot be reached ({type(fault).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password or "")
        return server

    def _mail(self, to: str, subject: str, body: str, message: str, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, subject
        mail["Date"] = now
        mail["Message-ID"] = f"<{message}@{self.sender.rpartition('@')[2].strip('>') or 'gridmaps'}>"
        mail["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
        mail.set_content(body)
        return mail


def post_signed(
    url: str, body: bytes, *, secret: str, message: str, now: datetime, private_allowed: bool = False
) -> None:
    """POST a message to a webhook, signed after Standard Webhooks: HMAC-SHA256 over id, time and body.

    The same `message` at every attempt is the id and the `Idempotency-Key`. Raises Undelivered, for good on 410.
    """
    stamp = str(int(now.timestamp()))
    headers = {
        "content-type": "application/json", "user-agent": "gridmaps", "idempotency-key": message,
        "webhook-id": message, "webhook-timestamp": stamp,
        "webhook-signature": sign(secret, message=message, stamp=stamp, body=body),
    }  # fmt: skip
    try:
        status = _post(url, body, headers, private_allowed=private_allowed)
    except Invalid as refused:
        raise Undelivered(refused.sentence) from None
    except (OSError, http.client.HTTPException) as fault:
        raise Undelivered(f"the webhook cannot be reached ({type(fault).__name__})") from None
    if not 200 <= status < 300:
        raise Undelivered(f"the webhook answered {status}", is_final=status == 410)


def sign(secret: str, *, message: str, stamp: str, body: bytes) -> str:
    """The signature header: `v1,` and the base64 HMAC-SHA256 of `message.stamp.body` by the secret's bytes."""
    key = base64.b64decode(secret.removeprefix(_SECRET))
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def make_secret(random: bytes) -> str:
    """A secret in the form that receivers' libraries read, of at least 24 random bytes."""
    return _SECRET + base64.b64encode(random).decode()


def check_url(url: str, *, private_allowed: bool) -> None:
    """Raise Invalid for an address that must not be called: other schemes, credentials, plain HTTP, private hosts."""
    _resolve(url, private_allowed=private_allowed)


def _post(url: str, body: bytes, headers: Mapping[str, str], *, private_allowed: bool) -> int:
    address, port, host, is_tls, path = _resolve(url, private_allowed=private_allowed)
    connection: http.client.HTTPConnection
    if is_tls:
        connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    # The certificate is still checked for the host's name; only where the connection goes is fixed.
    pinned: Any = connection
    pinned._create_connection = lambda _, *rest: socket.create_connection((address, port), *rest)
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def _resolve(url: str, *, private_allowed: bool) -> tuple[str, int, str, bool, str]:
    """The address to connect to, its port, the host's name, whether by TLS, and the path. Raises Invalid."""
    parts = _parts(url)
    is_tls = parts.scheme == "https"
    if not is_tls and not (parts.scheme == "http" and private_allowed):
        raise Invalid("url must begin with https://", field="url")
    host = parts.hostname or ""
    port = parts.port or (443 if is_tls else 80)
    addresses = _addresses(host, port)
    if not private_allowed and not all(map(is_public, addresses)):
        raise Invalid("url leads to a private address; only public ones are called", field="url")
    return addresses[0], port, host, is_tls, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Invalid("url cannot be read; write it as https://host/path", field="url") from None
    if not parts.hostname or parts.username or parts.password or not url.isascii() or any(c <= " " for c in url):
        raise Invalid("url needs a host, no user, and no spaces: https://host/path", field="url")
    return parts


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid(f"the host {host} of url is not known", field="url") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address lies on the open net, also the one that another notation wraps."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
