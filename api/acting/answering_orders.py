"""Who answers a supervision order: whoever speaks for the unit that is asked, never who asks.

An answer stops the climb for silence, so the issuing side could hush it up. A department is answered for by its
handlers, a body (`@cell`) by the leaders and clerks posted to its cell or above it, the centre by its operators. The
widest body, the district's, is answered for the same way; only while nobody is posted for it does an operator of the
centre answer in its place. A supervisor and an administrator never answer, nor does who wrote the order himself.
"""

from datetime import datetime

from sqlalchemy import Connection

from spatial.cases.supervision.ladder import CENTRE
from spatial.cases.supervision.orders import Order
from spatial.people.accounts import Account
from spatial.people.postings import Posting, is_anybody_posted

OF_A_BODY = ("grid_leader", "street_clerk")
OF_A_DEPARTMENT, AT_THE_CENTRE = "department_handler", "centre_operator"


class Answering:
    """Which orders somebody may answer at a moment; what is asked of the register is asked once for each cell."""

    def __init__(self, conn: Connection, asking: Account, now: datetime) -> None:
        """For one request of one account."""
        self._conn, self._asking, self._now = conn, asking, now
        self._is_manned: dict[str, bool] = {}

    def may(self, order: Order) -> bool:
        """Whether the account speaks for the unit that an order asks, and did not write it."""
        is_own = order.written_by == self._asking.sender
        return not is_own and any(self._speaks(posting, order) for posting in self._asking.postings)

    def _speaks(self, posting: Posting, order: Order) -> bool:
        if order.addressee == CENTRE:
            return posting.role == AT_THE_CENTRE and posting.cell is None
        if not order.addressee.startswith("@"):
            is_theirs = posting.role == OF_A_DEPARTMENT and posting.department == order.addressee
            return is_theirs and posting.cell in (None, *order.path)
        cell = order.addressee[1:]
        above = order.path[: order.path.index(cell) + 1] if cell in order.path else (cell,)
        if posting.cell not in (None, *above):
            return False
        return posting.role in OF_A_BODY or posting.role == AT_THE_CENTRE and self._stands_in(cell, order)

    def _stands_in(self, cell: str, order: Order) -> bool:
        """Whether the centre answers for a body: for the widest alone, and while it has nobody of its own."""
        if order.path[:1] != (cell,):
            return False
        if cell not in self._is_manned:
            self._is_manned[cell] = is_anybody_posted(self._conn, cell=cell, roles=OF_A_BODY, at=self._now)
        return not self._is_manned[cell]
