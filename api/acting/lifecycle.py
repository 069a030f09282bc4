"""From the body of an act to the act itself, for those that bring a case through its steps; and for whom one speaks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from api.schemas import lifecycle as said
from spatial.cases.case_files import CaseFile
from spatial.cases.conferences.locking import find_lock
from spatial.cases.conferences.opening import ask_help, has_asked_help
from spatial.cases.disputes.acting import LockedCase, lock_case, read_transitions
from spatial.cases.disputes.disputing import has_ended_lead
from spatial.cases.disputes.permitted import DECIDED_BY, PERMISSIONS, list_legal
from spatial.cases.disputes.transitions import check_act
from spatial.cases.evaluation.answering import can_be_said
from spatial.cases.evaluation.settling import reopen_said
from spatial.cases.lifecycle.checking import ask_check, verify_report, verify_result
from spatial.cases.lifecycle.ending import merge_case, split_case, void_case
from spatial.cases.lifecycle.flexible import appeal_case, extend_case, resume_case, suspend_case
from spatial.cases.lifecycle.handling import assign_task, finish_task, receive_case, revoke_task, submit_case
from spatial.cases.lifecycle.holding import LEVEL_ACTS, check_of_level, is_of_level
from spatial.cases.lifecycle.levels import escalate_case, hand_over, handle_own, order_down, solve_own
from spatial.cases.lifecycle.possible import KINDS, Part, can_go_through, list_phases, list_verdicts
from spatial.cases.lifecycle.signing import find_hindrance
from spatial.cases.supervision.supervising import list_levels_to_ask
from spatial.errors import Forbidden
from spatial.people.accounts import Account
from spatial.people.roles import role_may

BY_UNITS: Mapping[type, Callable[..., LockedCase]] = {
    said.Receive: receive_case, said.Submit: submit_case, said.FinishTask: finish_task, said.AssignTask: assign_task,
    said.RevokeTask: revoke_task, said.Extend: extend_case, said.Suspend: suspend_case, said.Appeal: appeal_case,
    said.AskHelp: ask_help,
}  # fmt: skip
BY_OTHERS: Mapping[type, Callable[..., LockedCase]] = {
    said.Void: void_case, said.AskCheck: ask_check, said.VerifyReport: verify_report,
    said.HandleOwn: handle_own, said.SolveOwn: solve_own, said.HandOver: hand_over, said.Escalate: escalate_case,
    said.OrderDown: order_down, said.Resume: resume_case, said.Reopen: reopen_said, said.Split: split_case,
}  # fmt: skip


def perform(conn: Connection, case: LockedCase, body: said.LifecycleAct, asking: Account, now: datetime) -> LockedCase:
    """Do an act to a locked case. Raises what the act raises."""
    words = body.model_dump(exclude={"act"})
    if isinstance(body, said.Merge):
        reach = asking.reach_for(PERMISSIONS["merge"])
        check_act(read_transitions(conn), state=case.state, act="merge")
        into = lock_case(conn, reach=reach, case_no=words.pop("into"))
        return merge_case(conn, case, into=into, reason=body.reason, actor=asking.sender, now=now)
    if isinstance(body, said.VerifyReport):
        words["photos"] = [one.picture() for one in body.photos]
    if isinstance(body, said.VerifyResult):
        own = spoken_for(asking, case, PERMISSIONS["submit"])
        return verify_result(conn, case, **words, own=own, actor=asking.sender, now=now)
    if isinstance(body, said.Extend) and body.phase == "approve":
        check_extension_is_theirs(case, asking)
    if type(body) in BY_UNITS:
        words["own"] = spoken_for(asking, case, PERMISSIONS[body.act])
        if isinstance(body, said.RevokeTask):
            words["dispatches"] = _dispatches(asking, case)
        by_unit = BY_UNITS[type(body)]
        return by_unit(conn, case, **words, actor=asking.sender, now=now)
    if body.act in LEVEL_ACTS:
        check_act(read_transitions(conn), state=case.state, act=body.act)
        check_of_level(conn, case, body.act, asking.reach_for(PERMISSIONS[body.act]))
    by_other = BY_OTHERS[type(body)]
    return by_other(conn, case, **words, actor=asking.sender, now=now)


def check_extension_is_theirs(case: LockedCase, asking: Account) -> None:
    """The centre grants a first extension, a leader the second. Raises Forbidden. Source: domain 2.6."""
    tags = (*case.current_path, *case.parties)
    if case.extensions and not asking.reach_for("approve_again").covers(tags):
        raise Forbidden("this case was extended before; a second extension is a supervisor's to approve")


def spoken_for(asking: Account, case: LockedCase | CaseFile, permission: str) -> frozenset[str] | None:
    """The units that somebody speaks for where the case lies, by those postings that have a permission; None is any.

    A handler speaks for his department, or for all of them; somebody of a territory for its body and those below.
    """
    tags = {None, *case.current_path, *case.parties}
    spoken: set[str] = set()
    for posting in asking.postings:
        if not role_may(posting.role, permission) or posting.tag not in tags:
            continue
        if posting.department is not None:
            spoken.add(posting.department)
        elif role_may(posting.role, "return"):
            return None
        else:
            first = case.current_path.index(posting.cell) if posting.cell is not None else 0
            spoken |= {f"@{cell}" for cell in case.current_path[first:]}
    return frozenset(spoken)


def list_acts(conn: Connection, case: LockedCase, asking: Account, *, now: datetime) -> list[str]:
    """The acts that somebody may do to a case now."""
    tags = (*case.current_path, *case.parties)
    asked = {*PERMISSIONS.values(), *DECIDED_BY.values()}
    held = {permission for permission in asked if asking.reach_for(permission).covers(tags)}
    own, spoken = departments_of(asking, case), spoken_for(asking, case, "receive")
    ended = has_ended_lead(conn, case, now=now)
    known = list_legal(case, held, transitions=read_transitions(conn), own=own, spoken=spoken, lead_ended=ended)
    legal = [act for act in known if is_of_level(case, act, asking.reach_for(PERMISSIONS[act]))]
    if "return" in legal and find_lock(conn, case.key, case.lead) is not None:
        legal.remove("return")
    free = [act for act in legal if find_hindrance(conn, case, act, own=spoken, actor=asking.sender) is None]
    return [
        act for act in free
        if can_be_said(conn, case, act, own=spoken, actor=asking.sender)
        and not (act == "ask_help" and has_asked_help(conn, case))
        and can_go_through(conn, case, act, own=spoken, now=now, dispatches=_dispatches(asking, case))
        and all(choices_of(conn, case, act, asking, now=now).values())
    ]  # fmt: skip


def choices_of(
    conn: Connection, case: LockedCase, act: str, asking: Account, *, now: datetime
) -> dict[str, Sequence[str | int | bool]]:
    """The values that would go through now, by field, where not all of them would; an act that has none is not his."""
    if act in KINDS:
        return {"phase": list_phases(conn, case, act, part=_part_of(case, asking), now=now)}
    if act == "verify_result":
        return {"passed": list_verdicts(conn, case)}
    return {"level": list_levels_to_ask(conn, case)} if act == "supervise" else {}


def needed_of(case: LockedCase, asking: Account) -> dict[str, set[str]]:
    """The fields that an act needs of this person alone: who did not give a part says why it is taken back."""
    spoken = spoken_for(asking, case, PERMISSIONS["revoke_task"])
    return {} if spoken is None or case.lead in spoken else {"revoke_task": {"note"}}


def _dispatches(asking: Account, case: LockedCase) -> bool:
    return asking.reach_for(PERMISSIONS["dispatch"]).covers((*case.current_path, *case.parties))


def _part_of(case: LockedCase, asking: Account) -> Part:
    tags, spoken = (*case.current_path, *case.parties), spoken_for(asking, case, "ask_extension")
    asks, decides, again = (
        asking.reach_for(permission).covers(tags) for permission in ("ask_extension", "approve_clock", "approve_again")
    )
    return Part(asking.sender, asks and (spoken is None or case.lead in spoken), decides, again)


def departments_of(asking: Account, case: LockedCase) -> frozenset[str] | None:
    """The departments that somebody speaks for where the case lies; None is any."""
    tags = {None, *case.current_path, *case.parties}
    speaking = [one for one in asking.postings if role_may(one.role, "return") and one.tag in tags]
    departments = [one.department for one in speaking]
    return None if None in departments else frozenset(one for one in departments if one is not None)
