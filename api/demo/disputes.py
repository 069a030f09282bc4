"""Disputes of the last days for the demo city: some in a brief, one ruled on, so that its desk is not empty.

They come about as everybody's do: reports of a matter that nobody is named for, through the intake; the sweep's
brief; a ruling of the panel. Knows the domain's ways in; refuses to write a dispute by itself.
"""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.disputes.briefs import issue_due_briefs
from spatial.cases.disputes.dispute_list import DisputeFilter, list_disputes
from spatial.cases.disputes.rulings import RulingDraft, rule
from spatial.cases.disputes.scopes import Area, ScopeDraft
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import TakeSerials
from spatial.grid.synthetic import SyntheticCity
from spatial.store.reach import WHOLE_CITY

_STREETS = ("330102016", "330102017")  # where nobody is named for what falls under no other category
# days ago, words, attributes
_TOLD = (
    (12.3, "桥下有人长期堆放废旧共享单车，无人清理。", {"object": "shared_bike"}),
    (11.1, "小区外绿道照明箱门脱落，不知归谁管。", {"object": "lamp_box"}),
    (9.6, "河边废弃渔船一直没有人处理。", {"object": "boat"}),
    (3.2, "围挡外散落共享单车约二十辆。", {"object": "shared_bike"}),
    (1.4, "空地上有马蜂窝，靠近幼儿园。", {"object": "wasp_nest"}),
)
_GROUNDS = "共享单车停放秩序由区城市管理局牵头，街道配合；权责清单未列明，经会商一致。"


def file_disputes(
    conn: Connection, city: SyntheticCity, *, now: datetime, sender: str, serials: TakeSerials, rng: Random
) -> int:
    """File the reports, each at its day, issue the brief of the first week, and rule on its first dispute."""
    units = [unit for unit in city.level(4) if unit.code.startswith(_STREETS)]
    for days, text, attributes in _TOLD:
        moment = now - timedelta(days=days)
        point = rng.choice(units).geometry.representative_point()
        draft = ReportDraft(
            id=UUID(int=rng.getrandbits(128), version=4), lon=round(point.x, 7), lat=round(point.y, 7), accuracy_m=8.0,
            captured_at=moment, source="visit", text=text, sender=sender, category="other", attributes=attributes,
        )  # fmt: skip
        file_reports(conn, drafts=[draft], now=moment, serials=serials)
    issue_due_briefs(conn, now=now)
    _rule_on_oldest(conn, actor=sender, now=now - timedelta(hours=20))
    return len(_TOLD)


def _rule_on_oldest(conn: Connection, *, actor: str, now: datetime) -> None:
    oldest = list_disputes(conn, reach=WHOLE_CITY, narrowed=DisputeFilter(state="open"), now=now, limit=1)[0]
    scope = ScopeDraft(Area("radius", radius_m=1500.0), attributes={"object": "shared_bike"})
    draft = RulingDraft(
        dispute=oldest.id, form="joint_conference", members=("区城市管理局", "区综合行政执法局", "街道办事处"),
        lead="city_management", assisting=("@street",), grounds=_GROUNDS, scope=scope,
    )  # fmt: skip
    rule(conn, draft=draft, reach=WHOLE_CITY, actor=actor, now=now)
