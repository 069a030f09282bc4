"""Conferences and whistles of the last days for the demo city, so that their desks are not empty at a first look.

Two conferences: one that was called by hand and decided, with actions done, late and to come; one that is open because
two departments refused. Two whistles: one that is over and scored by both sides, one of this hour to which a unit has
not come. Knows the domain's ways in; refuses to write a row by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import Connection

from spatial.cases.conferences.conferring import ActionDraft, finish_action, minute
from spatial.cases.conferences.deciding import DecisionDraft, decide
from spatial.cases.conferences.opening import OpeningDraft, open_conference
from spatial.cases.conferences.seating import Member
from spatial.cases.conferences.whistles import ReportIn, WhistleDraft, raise_whistle, report_in, resolve, score
from spatial.cases.disputes.accepting import accept_case
from spatial.cases.disputes.acting import LockedCase, lock_case
from spatial.cases.disputes.dispatching import dispatch_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.numbers import TakeSerials
from spatial.grid.synthetic import SyntheticCity
from spatial.store.reach import WHOLE_CITY

_STREET = "330102013"
_HOUR, _DAY, _MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Teller:
    """Who files, who calls, and what they need for it."""

    conn: Connection
    city: SyntheticCity
    operator: str
    clerk: str
    serials: TakeSerials
    rng: Random

    def place(self) -> tuple[float, float]:
        """A position in the street, as (lon, lat)."""
        units = [unit for unit in self.city.level(4) if unit.code.startswith(_STREET)]
        point = self.rng.choice(units).geometry.representative_point()
        return round(point.x, 7), round(point.y, 7)

    def file(self, text: str, category: str, at: tuple[float, float], moment: datetime) -> LockedCase:
        """A report of that moment; its case, held."""
        draft = ReportDraft(
            id=UUID(int=self.rng.getrandbits(128), version=4), lon=at[0], lat=at[1], accuracy_m=6.0, captured_at=moment,
            source="visit", text=text, sender=self.operator, category=category,
        )  # fmt: skip
        [filed] = file_reports(self.conn, drafts=[draft], now=moment, serials=self.serials)
        if filed.case is None:
            raise RuntimeError(f"the demo city refuses its own report: {filed.refusal}")
        return lock_case(self.conn, reach=WHOLE_CITY, case_no=filed.case.case_no)

    def hand(self, case: LockedCase, lead: str, moment: datetime) -> LockedCase:
        """The case with a department."""
        return dispatch_case(
            self.conn, case, lead=lead, assisting=None, reason="按职责先行派遣", actor=self.operator, now=moment
        )


def file_conferences(
    conn: Connection,
    city: SyntheticCity,
    *,
    now: datetime,
    operator: str,
    clerk: str,
    serials: TakeSerials,
    rng: Random,
) -> int:
    """Two conferences and two whistles with the reports behind them; how many reports were filed."""
    teller = Teller(conn, city, operator, clerk, serials, rng)
    _decided(teller, now)
    _refused(teller, now)
    _whistle_that_is_over(teller, now)
    _whistle_of_this_hour(teller, now)
    return 3


def _decided(teller: Teller, now: datetime) -> None:
    conn, actor, begun = teller.conn, teller.operator, now - 4 * _DAY
    text = "老旧小区加装电梯，燃气管和水管挡住井道位置，几家单位各管一段，居民等了三个月。"
    case = accept_case(
        conn, teller.file(text, "service", teller.place(), begun), standard=None, actor=actor, now=begun + 20 * _MINUTE
    )
    case = teller.hand(case, "civil_affairs", begun + 30 * _MINUTE)
    members = (Member("construction", "区住建局"), Member("water_works"), Member("@street", "街道办事处"))
    draft = OpeningDraft(case.case_no, "manual", "livelihood", "涉及住建、市政、街道三家，单一部门无法解决。", members)
    number = open_conference(conn, draft=draft, reach=WHOLE_CITY, actor=actor, now=now - 3 * _DAY)
    said = (
        "各方到现场踏勘。住建局：加梯方案已批，井道位置不宜再改；市政水利中心：水管可改迁，约需四个工作日；"
        "街道：负责与居民沟通停水时间。会议一致同意由住建局牵头。"
    )
    held = now - 2 * _DAY
    minute(conn, number, text=said, held_at=held, reach=WHOLE_CITY, actor=actor, now=held + _HOUR)
    actions = (
        ActionDraft("water_works", "迁改井道处水管并恢复路面", now - 3 * _HOUR),
        ActionDraft("@street", "张贴停水通知，逐户告知", now - 6 * _HOUR),
        ActionDraft("construction", "组织电梯井道复工并报质量监督", now + 5 * _DAY),
    )
    decision = DecisionDraft(
        "construction", ("water_works", "@street"), "加装电梯由住建部门统筹，管线单位配合迁改。", None, actions
    )
    decide(conn, number, draft=decision, reach=WHOLE_CITY, ruling_reach=WHOLE_CITY, actor=actor, now=held + 2 * _HOUR)
    finish_action(
        conn, number, 1, state="done", note="水管已迁改，路面已恢复。", own=None, reach=WHOLE_CITY, actor=actor,
        now=now - 8 * _HOUR,
    )  # fmt: skip


def _refused(teller: Teller, now: datetime) -> None:
    conn, actor, begun = teller.conn, teller.operator, now - 30 * _HOUR
    text = "高架桥下夜间露天烧烤，油烟和噪音影响居民，城管和环保都说不归自己管。"
    case = accept_case(
        conn, teller.file(text, "E0129", teller.place(), begun), standard=None, actor=actor, now=begun + 15 * _MINUTE
    )
    refusals = (
        ("law_enforcement", "桥下空间属市政设施用地，不在街面执法范围。", "区权责清单第 41 项"),
        ("ecology", "流动摊点油烟不属固定污染源。", "大气污染防治条例"),
    )
    for i, (unit, reason, basis) in enumerate(refusals):
        moment = begun + (1 + 2 * i) * _HOUR
        case = teller.hand(case, unit, moment)
        case = return_case(conn, case, unit=unit, reason=reason, basis=basis, own=None, actor=actor, now=moment + _HOUR)
    members = (Member("city_management"), Member("@street", "街道办事处"))
    draft = OpeningDraft(case.case_no, "refusals", "construction", "", members)
    open_conference(conn, draft=draft, reach=WHOLE_CITY, actor=actor, now=now - 20 * _HOUR)


def _whistle_that_is_over(teller: Teller, now: datetime) -> None:
    conn, actor, begun = teller.conn, teller.clerk, now - 5 * _DAY
    lon, lat = teller.place()
    draft = WhistleDraft(
        type="joint_enforcement", street=f"@{_STREET}", units=("law_enforcement", "market"),
        what="农贸市场外占道经营与无证食品摊点，请一同到场处置。", lon=lon, lat=lat, radius_m=150.0,
        place="农贸市场东门", wanted_at=begun + 2 * _DAY,
    )  # fmt: skip
    number = raise_whistle(conn, draft=draft, reach=WHOLE_CITY, actor=actor, now=begun)
    for unit, late in (("law_enforcement", -20 * _MINUTE), ("market", -5 * _MINUTE)):
        _arrive(teller, number, unit, (lon, lat), begun + 2 * _DAY + late)
    over = begun + 2 * _DAY + 3 * _HOUR
    result = "劝离摊点十一处，暂扣无证食品两批，市场东门设固定疏导点。"
    resolve(conn, number, outcome="solved", result=result, reach=WHOLE_CITY, actor=actor, now=over)
    given = (("law_enforcement", 5, "到场及时，处置得力。"), ("market", 4, ""))
    for unit, points, note in given:
        _score(teller, number, f"@{_STREET}", unit, points, note, over + _HOUR)
    _score(teller, number, "law_enforcement", f"@{_STREET}", 4, "街道先期劝导到位。", over + 2 * _HOUR)


def _whistle_of_this_hour(teller: Teller, now: datetime) -> None:
    begun = now - 48 * _MINUTE
    at = teller.place()
    case = teller.file("路面塌陷约两平方米，下面有水声，已用雪糕筒围住。", "E0505", at, begun - 4 * _MINUTE)
    draft = WhistleDraft(
        type="emergency", street=f"@{_STREET}", units=("water_works", "traffic_police"), lon=at[0], lat=at[1],
        what="路面塌陷伴渗水，请市政抢修、交警疏导。", radius_m=120.0, place="塌陷处", case_no=case.case_no,
    )  # fmt: skip
    number = raise_whistle(teller.conn, draft=draft, reach=WHOLE_CITY, actor=teller.clerk, now=begun)
    _arrive(teller, number, "traffic_police", at, begun + 17 * _MINUTE)


def _arrive(teller: Teller, number: int, unit: str, at: tuple[float, float], moment: datetime) -> None:
    said = ReportIn(unit, at[0] + 0.0002, at[1] - 0.0001, 12.0, moment)
    report_in(teller.conn, number, said=said, own=None, reach=WHOLE_CITY, actor=teller.operator, now=moment)


def _score(teller: Teller, number: int, by: str, about: str, points: int, note: str, moment: datetime) -> None:
    score(
        teller.conn, number, by=by, about=about, points=points, note=note, own=None, reach=WHOLE_CITY,
        actor=teller.clerk, now=moment,
    )  # fmt: skip
