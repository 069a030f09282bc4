"""E-mail addresses that citizens give: which of them a mail can be written to, and what is said of the others.

Pure. A host in other letters is written as the name service knows it (IDNA); before the @ a mail server takes other
letters only where every server on the way does, so such an address is refused with a sentence instead of kept in vain.
Refuses to send, and to know whether anybody reads there.
"""

import re
import unicodedata
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from spatial.errors import Invalid

LONGEST = 254  # RFC 5321: a path has 256, with its angle brackets
_FIELD = "reporter.email"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[^\s@<>,;\"\\]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
_FULL_STOPS = str.maketrans("。．｡", "...")
_REMEDY = "leave it out and give a telephone number"


def address_of(given: object) -> str | None:
    """The address as a mail is written to it, its host in ASCII; None for what is none."""
    text = _in_ascii(given.strip()) if isinstance(given, str) else None
    return text if text is not None and len(text) <= LONGEST and _is_address(text) else None


def check_address(reporter: Mapping[str, Any] | None) -> None:
    """Raise Invalid for an `email` that no mail can be written to: who gives one waits for mail."""
    given = (reporter or {}).get("email")
    if given is None or given == "" or address_of(given) is not None:
        return
    raise Invalid(f"{_FIELD} {_fault(given)}, or {_REMEDY}", field=_FIELD)


def _fault(given: object) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if len(text) > LONGEST:
        return f"has {len(text)} letters and an address at most {LONGEST}; write it as name@example.cn"
    local, at, host = text.rpartition("@")
    if at and not local.isascii():
        return "has other letters than a to z before the @, and no mail can be sent there; give another address"
    if at and not host.isascii():
        return "has a host that is not written as the name service knows it; write it beginning with xn--"
    return "is no address that a mail can be written to; write it as name@example.cn"


def _in_ascii(text: str) -> str | None:
    """The same with its host as the name service knows it; None where that is not the name that was meant."""
    local, _, host = text.rpartition("@")
    if host.isascii():
        return text
    meant = unicodedata.normalize("NFKC", host.translate(_FULL_STOPS).lower())
    try:
        known = meant.encode("idna")
        # This codec is IDNA 2003, which makes an "ss" of a "ß": the host of somebody else.
        is_meant = known.decode("idna") == meant
    except UnicodeError:
        return None
    return f"{local}@{known.decode('ascii')}" if is_meant else None


def _is_address(text: str) -> bool:
    """Whether a header can carry it: what looks like an address and cannot be parsed would fail with its mail."""
    if not text.isascii() or not _ADDRESS.fullmatch(text):
        return False
    try:
        return bool(Address(addr_spec=text).addr_spec)
    except (ValueError, MessageError, IndexError, AttributeError):  # the parser trips over some, as over ".:@a"
        return False
