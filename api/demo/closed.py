"""What is over in the demo city: cases of the last month that were handled, closed, called back and scored.

So that a first look at the scores shows figures and one at the library finds something. Not all went well: some are
late, failed a check, came back as not mine, or left the citizen dissatisfied; some are listed and do not count. Each
came about by the acts of those who do them. Knows the domain's ways in; refuses to write a row by itself.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from PIL import Image, ImageDraw
from sqlalchemy import Connection

from api.demo.reports import CITY_TIME, TEXTS
from spatial.cases.disputes.accepting import accept_case, list_standards
from spatial.cases.disputes.acting import LockedCase, lock_case, matter_of
from spatial.cases.disputes.dispatching import decided_for, dispatch_case
from spatial.cases.disputes.referring import refer_case
from spatial.cases.disputes.returning import return_case
from spatial.cases.drafts import ReportDraft, SelfSolved
from spatial.cases.evaluation.answering import contact_citizen, record_call_back
from spatial.cases.evaluation.call_backs import Said, list_call_backs, mark_unreasonable
from spatial.cases.evaluation.evaluations import give_score
from spatial.cases.intake import file_reports
from spatial.cases.lifecycle.checking import verify_result
from spatial.cases.lifecycle.flexible import appeal_case
from spatial.cases.lifecycle.handling import finish_task, receive_case, submit_case
from spatial.cases.lifecycle.levels import escalate_case, order_down
from spatial.cases.lifecycle.tasks import list_tasks
from spatial.cases.numbers import TakeSerials
from spatial.cases.photos import clean_photo, put_photo
from spatial.grid.cells import CellDraft
from spatial.grid.synthetic import SyntheticCity
from spatial.people.accounts import Account
from spatial.store.reach import WHOLE_CITY

CASES, SELF_SOLVED = 44, 12
_DAYS = 32
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LONGEST = timedelta(hours=70)  # from opening to the result, whatever the limit allows
_MATTERS = ("C0104", "E0113", "C0137", "E0110", "E0401", "E0406", "E0499", "E0406", "C0104", "E0110")
_SOURCES = ("public", "grid", "public", "visit", "grid", "police110")
_HANDLERS = {
    "water_works": "handler",
    "law_enforcement": "handler2",
    "city_management": "handler3",
    "traffic_police": "handler4",
}
_SAID = {
    "satisfied": ("处理很及时，谢谢。", "问题解决了。", "Done within the day, thank you.", ""),
    "dissatisfied": ("第二天又是老样子。", "只清理了一半。", "It is still there."),
}
_DONE = ("已到场处置，恢复原状。", "已清理完毕并复查。", "已修复，现场拍照留存。")
_CLOGGED = "{place}{n}号前雨水箅子堵塞，雨天积水。"
# matter, what was found, how it was solved on the spot
_SOLVED = (
    ("E0110", "楼道口有两袋垃圾未入桶。", "当场清运入桶，并提醒住户定点投放。"),
    ("E0201", "单元门上新贴小广告三张。", "当场清除，留存照片。"),
    ("E0499", "共享单车倒伏占道。", "当场扶正并摆放到停车框内。"),
    ("social", "独居老人家中灯泡损坏。", "联系志愿者当天更换，老人确认可用。"),
    ("C0104", "雨水箅子被落叶盖住。", "当场清掏落叶，排水恢复。"),
)


def close_cases(
    conn: Connection,
    city: SyntheticCity,
    *,
    now: datetime,
    people: Mapping[str, Account],
    serials: TakeSerials,
    rng: Random,
) -> int:
    """File what the last month has brought to an end, oldest first; returns how many reports that were."""
    desk = _Desk(conn, city, now, people, serials, rng)
    for moment in _moments(now, SELF_SOLVED, rng):
        desk.solve_on_the_spot(moment)
    cases = [desk.live(number, moment) for number, moment in enumerate(_moments(now, CASES, rng))]
    late = next((one for one in cases if one.closed_at and one.due_at and one.closed_at > one.due_at), None)
    if late is not None:
        desk.excuse(late)
    return SELF_SOLVED + CASES


@dataclass(frozen=True)
class _Desk:
    """Who does what in the city, and the pictures that show it."""

    conn: Connection
    city: SyntheticCity
    now: datetime
    people: Mapping[str, Account]
    serials: TakeSerials
    rng: Random

    def live(self, number: int, moment: datetime) -> LockedCase:
        """One case from its report as far as the days since have brought it."""
        matter, source = _MATTERS[number % len(_MATTERS)], _SOURCES[number % len(_SOURCES)]
        texts = TEXTS.get(matter, (_CLOGGED,))
        unit = self.rng.choice(self.city.level(4))
        place = next(one.name for one in self.city.level(3) if one.code == unit.parent).removesuffix("村委会")
        text = self.rng.choice(texts).format(place=place, n=self.rng.randrange(1, 180))
        case = self.file(unit, matter, source, text, moment)
        if case.state != "reported":
            return case
        if number % 17 == 9:
            by = self.sender("operator")
            return refer_case(self.conn, case, nature="social", provider="meals", actor=by, now=moment + _HOUR)
        if number % 15 == 8:
            case, moment = self.wander(case, moment), moment + 2 * _HOUR
        case = self.hand_over(case, moment + self.rng.uniform(8, 40) * _MINUTE, is_returned=number % 11 == 6)
        return self.finish(case, moment + self.rng.uniform(75, 130) * _MINUTE, number)

    def wander(self, case: LockedCase, moment: datetime) -> LockedCase:
        """Up over all levels, since none knows whose it is, and down again to the street that shall see to it."""
        by = self.sender("operator")
        for minutes in (20, 45, 80):
            at = moment + minutes * _MINUTE
            case = escalate_case(
                self.conn, case, reason="本级无法解决，逐级上报。", standard=None, actor=by, now=at
            )  # fmt: skip
        return order_down(self.conn, case, reason="由街道牵头处置。", actor=by, now=moment + 110 * _MINUTE)

    def file(self, unit: CellDraft, matter: str, source: str, text: str, moment: datetime, how: str = "") -> LockedCase:
        """A report of that moment in a unit; its case. With `how` it was solved on the spot."""
        point = unit.geometry.representative_point()
        by_officer = self.officer_of(unit.code) if how else None
        said = None
        if by_officer:
            said = SelfSolved(how, (_put_picture(self.conn, by_officer.sender, moment, unit.code),), by_officer.reach)
        sender = "public" if source == "public" else (by_officer or self.people["operator"]).sender
        draft = ReportDraft(
            id=UUID(int=self.rng.getrandbits(128), version=4), lon=round(point.x + self.rng.uniform(-2e-5, 2e-5), 7),
            lat=round(point.y, 7), accuracy_m=6.0, captured_at=moment, source=source, text=text, sender=sender,
            category=matter, self_solved=said,
        )  # fmt: skip
        [filed] = file_reports(self.conn, drafts=[draft], now=moment, serials=self.serials)
        if filed.case is None:
            raise RuntimeError(f"the demo city refuses its own report: {filed.refusal}")
        return lock_case(self.conn, reach=WHOLE_CITY, case_no=filed.case.case_no)

    def solve_on_the_spot(self, moment: datetime) -> LockedCase:
        """What an officer has found and solved himself (自处归档)."""
        officer = self.people[self.rng.choice(("officer1", "officer2", "officer3"))]
        cells = tuple(posting.cell for posting in officer.postings if posting.cell)
        unit = self.rng.choice([one for one in self.city.level(4) if one.code.startswith(cells)])
        matter, text, how = self.rng.choice(_SOLVED)
        return self.file(unit, matter, "grid", text, moment, how)

    def hand_over(self, case: LockedCase, at: datetime, *, is_returned: bool) -> LockedCase:
        """Filed and dispatched; one that comes back as not mine goes on to whom it was decided."""
        operator = self.sender("operator")
        known = list(list_standards(self.conn, matter=matter_of(case), at=at))
        standard = known[min(1, len(known) - 1)] if known else None
        case = accept_case(self.conn, case, standard=standard, actor=operator, now=at)
        decided = decided_for(case)
        lead = None if decided.is_certain else "city_management"
        why = None if lead is None else "就近派遣。"
        if is_returned:
            case = self.send_astray(case, at + 2 * _MINUTE)
        return dispatch_case(
            self.conn, case, lead=lead, assisting=None, reason=why, actor=operator, now=at + 30 * _MINUTE
        )

    def send_astray(self, case: LockedCase, at: datetime) -> LockedCase:
        """Handed to a department that says it is not its own."""
        case = dispatch_case(
            self.conn, case, lead="civil_affairs", assisting=[], reason="按来电内容先行派遣。",
            actor=self.sender("operator"), now=at,
        )  # fmt: skip
        return return_case(
            self.conn, case, unit=None, reason="不属本单位职责。", basis="权责清单", own=None,
            actor=self.sender("handler"), now=at + 15 * _MINUTE,
        )  # fmt: skip

    def finish(self, case: LockedCase, at: datetime, number: int) -> LockedCase:
        """Opened, worked on, checked, and what follows; what would lie ahead of now stays undone."""
        by = self.sender(_HANDLERS.get(case.lead or "", "handler"))
        case = receive_case(self.conn, case, own=None, actor=by, now=at)
        if case.is_citizens and number % 5:
            case = contact_citizen(self.conn, case, note=None, own=None, actor=by, now=at + 20 * _MINUTE)
        limit = min((case.due_at or at + _DAY) - at, _LONGEST)
        share = self.rng.uniform(1.15, 1.5) if number % 6 == 2 else self.rng.uniform(0.25, 0.9)
        done = _by_day(at + max(limit * share, 40 * _MINUTE))
        if done + _HOUR > self.now:
            return case
        case = self.close(case, done, by=by, reworks=int(number % 9 == 4), outcome=self.outcome(number))
        next_day = (done + _DAY).astimezone(CITY_TIME).replace(hour=9, minute=self.rng.randrange(60))
        return self.hear(case, next_day, by=by, number=number)

    def outcome(self, number: int) -> str:
        """Mostly fixed; honest where it is not."""
        return {7: "not_possible", 13: "no_action_needed", 29: "not_fixed"}.get(number, "fixed")

    def close(self, case: LockedCase, at: datetime, *, by: str, reworks: int, outcome: str) -> LockedCase:
        """A result with its picture, checked by an officer, who may send it back first."""
        officer = self.sender("officer2")
        for left in range(reworks, -1, -1):
            picture = _put_picture(self.conn, by, at - left * 25 * _MINUTE, case.case_no)
            case = self.finish_tasks(case, at - left * 25 * _MINUTE - 5 * _MINUTE)
            case = submit_case(
                self.conn, case, outcome=outcome, photos_after=[picture], note=self.rng.choice(_DONE), own=None,
                actor=by, now=at - left * 25 * _MINUTE,
            )  # fmt: skip
            case = verify_result(
                self.conn, case, passed=not left, reason="现场仍有残留，请重新处置。" if left else None, actor=officer,
                now=at - left * 25 * _MINUTE + 15 * _MINUTE,
            )  # fmt: skip
        return case

    def finish_tasks(self, case: LockedCase, at: datetime) -> LockedCase:
        """What assisting units have to do is done first."""
        for task in list_tasks(self.conn, case.key):
            if task.part == "assist" and task.state == "open":
                actor = self.sender("clerk")
                case = finish_task(self.conn, case, unit=task.unit, note=None, own=None, actor=actor, now=at)
        return case

    def hear(self, case: LockedCase, at: datetime, *, by: str, number: int) -> LockedCase:
        """The call-back of the day behind, and what each side gives the other; some wait for theirs."""
        if at > self.now:
            return case
        if case.is_citizens:
            case = self.call_back(case, at, by=by, number=number)
        if case.state not in ("closed", "called_back") or number % 7 == 5:
            return case
        case = self.give(case, "department", "officer2", at + _MINUTE)
        return self.give(case, "report", by, at + 2 * _MINUTE) if case.state != "evaluated" else case

    def give(self, case: LockedCase, subject: str, by: str, at: datetime) -> LockedCase:
        """Points for the other side, mostly good ones."""
        actor = self.people[by].sender if by in self.people else by
        score = self.rng.choices((5, 4, 3, 2), (5, 4, 2, 1))[0]
        return give_score(self.conn, case, subject=subject, score=score, words="", actor=actor, now=min(at, self.now))

    def call_back(self, case: LockedCase, at: datetime, *, by: str, number: int) -> LockedCase:
        """Most are satisfied; who is not gets his case reopened, handled again, and asked again."""
        clerk = self.sender("operator")
        if number % 8 == 3:
            return record_call_back(self.conn, case, said=Said("not_reached"), spoken_by="clerk", actor=clerk, now=at)
        if number % 6 != 0 or number == 0:
            said = Said("satisfied", case.outcome or "fixed", self.words("satisfied"), self.rng.choice((5, 5, 4, 4, 3)))
            return record_call_back(self.conn, case, said=said, spoken_by="clerk", actor=clerk, now=at)
        said = Said("dissatisfied", "not_fixed", self.words("dissatisfied"), self.rng.choice((1, 2)))
        case = record_call_back(self.conn, case, said=said, spoken_by="clerk", actor=clerk, now=at)
        return self.take_up_again(case, at, by=by, number=number)

    def take_up_again(self, case: LockedCase, at: datetime, *, by: str, number: int) -> LockedCase:
        """A reopened case: handled anew; its citizen thinks better of it, or asks for what nobody can do."""
        if case.state not in ("pending", "handling") or at + 12 * _HOUR > self.now:
            return case
        if case.state == "pending":
            case = receive_case(self.conn, case, own=None, actor=by, now=at + 20 * _MINUTE)
        case = self.close(case, at + 5 * _HOUR, by=by, reworks=0, outcome="fixed")
        verdict, outcome, score = ("dissatisfied", "fixed", 2) if number % 4 == 0 else ("satisfied", "fixed", 4)
        said = Said(verdict, outcome, self.words(verdict), score)
        case = record_call_back(
            self.conn, case, said=said, spoken_by="clerk", actor=self.sender("operator"), now=at + 10 * _HOUR
        )
        if verdict == "dissatisfied":
            last = list_call_backs(self.conn, case.key)[-1]
            mark_unreasonable(
                self.conn, case, ordinal=last.ordinal, is_unreasonable=True, reason="诉求为额外补偿，无政策依据。",
                actor=self.sender("supervisor"), now=at + 11 * _HOUR,
            )  # fmt: skip
        return case

    def excuse(self, case: LockedCase) -> None:
        """A late result that was nobody's fault: asked for, and granted by two people."""
        case = lock_case(self.conn, reach=WHOLE_CITY, case_no=case.case_no)
        at = min((case.closed_at or self.now) + 2 * _DAY, self.now - _HOUR)
        acts = (("ask", "handler"), ("approve", "supervisor"), ("approve", "operator"))
        for minutes, (phase, login) in enumerate(acts):
            case = appeal_case(
                self.conn, case, phase=phase, reason="连续暴雨，现场无法施工。", own=None, actor=self.sender(login),
                now=at + minutes * _MINUTE,
            )  # fmt: skip

    def officer_of(self, unit: str) -> Account:
        """The officer whose unit it is."""
        officers = (one for login, one in self.people.items() if login.startswith("officer"))
        return next(one for one in officers if any(unit.startswith(posting.cell or "-") for posting in one.postings))

    def sender(self, login: str) -> str:
        """By which somebody signs."""
        return self.people[login].sender

    def words(self, verdict: str) -> str:
        """What a citizen says at a call-back."""
        return self.rng.choice(_SAID[verdict])


def _moments(now: datetime, count: int, rng: Random) -> list[datetime]:
    """So many moments of the last weeks, rising, on days of work."""
    today = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - day * _DAY for day in range(2, _DAYS) if (today - day * _DAY).weekday() < 5]
    return sorted(rng.choice(days) + rng.uniform(8.2, 15.5) * _HOUR for _ in range(count))


def _by_day(moment: datetime) -> datetime:
    """The moment itself, or the next morning where it would lie in the night."""
    here = moment.astimezone(CITY_TIME)
    if 8 <= here.hour < 20:
        return moment
    return (here if here.hour < 8 else here + _DAY).replace(hour=8, minute=30 + here.minute // 2)


def _put_picture(conn: Connection, sender: str, now: datetime, of: str) -> str:
    """A drawn picture that stands for the photo of one result, and says of what and when; its name."""
    picture = Image.new("RGB", (640, 420), "#b9c4cc")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 250, 640, 420), fill="#8b8f92")
    draw.rectangle((90, 110, 300, 250), fill="#d9d2c4")
    draw.ellipse((400, 300, 520, 350), fill="#6d7073", outline="#505356", width=4)
    draw.text((16, 392), f"synthetic picture: after, {of}, {now:%Y-%m-%d %H:%M:%S}", fill="#ffffff")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    sha256 = hashlib.sha256(kept.getvalue()).hexdigest()
    put_photo(conn, photo=clean_photo(sha256, kept.getvalue()), sender=sender, now=now)
    return sha256
