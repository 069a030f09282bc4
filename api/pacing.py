"""How much one address may send without a log-in: a bucket for each, which fills again by the hour.

Counted in this process alone, by the address that the server was told (`X-Forwarded-For` counts where uvicorn trusts
the proxy: `FORWARDED_ALLOW_IPS`). Refuses to know what is sent. Whoever is logged in is not asked.
"""

import ipaddress
import time
from collections.abc import Callable
from threading import Lock

from fastapi import Request

from spatial.errors import TooMany
from spatial.people.accounts import Account

_HOUR_S = 3600.0
_MOST_KEPT = 20_000  # addresses; behind them those are forgotten that may send their whole hour's again
_NET_V6 = 64  # bits that one customer has for himself


class Pace:
    """Who has sent how much lately."""

    def __init__(self, limit: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`limit` an hour and address; 0 is none. `clock` tells seconds."""
        self._limit, self._clock = limit, clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, address: str, many: int = 1) -> None:
        """Take so many of an address. Raises TooMany where they are not left, and takes none then."""
        if self._limit == 0:
            return
        with self._lock:
            at, key = self._clock(), _network(address)
            left, wanted = self._now(key, at), float(min(many, self._limit))
            if left < wanted:
                raise self._refusal((wanted - left) / self._limit * _HOUR_S)
            self._left[key] = (left - wanted, at)
            if len(self._left) > _MOST_KEPT:
                self._forget(at)

    def _now(self, key: str, at: float) -> float:
        left, since = self._left.get(key, (float(self._limit), at))
        return min(self._limit, left + (at - since) / _HOUR_S * self._limit)

    def _forget(self, at: float) -> None:
        full = [key for key in self._left if self._now(key, at) >= self._limit]
        for key in full or list(self._left)[: _MOST_KEPT // 2]:
            del self._left[key]

    def _refusal(self, seconds: float) -> TooMany:
        told = f"one address may send {self._limit} reports within an hour without a log-in; log in, or try again later"
        return TooMany(told, seconds=seconds)


def check_pace(request: Request, viewer: Account | None, *, many: int = 1) -> None:
    """Count what somebody sends without a log-in. Raises TooMany."""
    if viewer is None:
        pace: Pace = request.app.state.pace
        pace.take(request.client.host if request.client else "", many)


def _network(address: str) -> str:
    """What one customer has: an address, of IPv6 its first half."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((int(ip) >> _NET_V6 << _NET_V6, _NET_V6)))
