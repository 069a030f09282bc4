"""What a citizen is told, in Chinese and English: the words of each kind of answer, of each step and each outcome.

An answer is a kind with facts: the unit that it was handed to, the date that it is due by, what became of it. Pure.
Names no person and no unit's employee; refuses to know rows, and to decide who is told what (`answers.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

Said = tuple[str, str]  # English, Chinese
# In the order in which several that are told at one moment are read.
SAID: Mapping[str, Said] = {
    "received": ("We have received your report.", "您的反映已收到。"),
    "accepted": ("Your report has been accepted.", "您的反映已受理。"),
    "refused": ("Your report was not taken up.", "您的反映未予受理。"),
    "joined": ("It was joined with another report of the same thing.", "已与反映同一问题的事项合并办理。"),
    "parted": ("It is handled by itself again.", "已恢复单独办理。"),
    "referred": ("It was passed to a provider, who will call you.", "已转交服务机构，对方将与您联系。"),
    "recalled": ("We are dealing with it ourselves again.", "已收回，由我们继续办理。"),
    "own_level": ("It is being dealt with nearby, by your community.", "社区正在就地处置。"),
    "disputed": ("It is being settled which unit is responsible.", "正在确定责任单位。"),
    "ruled": ("It has been settled which unit is responsible.", "责任单位已确定。"),
    "escalated": ("It has been passed to the next level.", "已上报上一级办理。"),
    "handed_over": ("Your report has been handed to the unit that handles it.", "您的反映已交由承办单位办理。"),
    "in_work": ("The unit has begun to work on it.", "承办单位已开始办理。"),
    "delayed": ("It takes longer; a new date has been set.", "办理需要延期，已确定新的期限。"),
    "paused": ("It cannot be done for now and has been put on hold.", "目前不具备办理条件，已挂账。"),
    "resumed": ("Work on it goes on.", "已恢复办理。"),
    "done": ("The unit says that it is done; the result is being checked.", "承办单位已办理，正在核查结果。"),
    "reworked": ("The result was not good enough; the unit works on it again.", "核查未通过，已退回承办单位重新办理。"),
    "closed": ("Your case has been closed.", "您的事项已办结。"),
    "not_reached": ("We tried to reach you and could not.", "我们曾尝试回访，未能联系到您。"),
    "called_back": ("Thank you for telling us how it went.", "感谢您的回访反馈。"),
    "settled": ("A supervisor has looked at it again; the case stays closed.", "督查人员已复核，维持办结。"),
    "reopened": ("Your case has been opened again.", "您的事项已重新办理。"),
    "answered": ("There is an answer to your report.", "您的反映有了答复。"),
}
# The same where it is told which unit.
_BY_UNIT: Mapping[str, Said] = {
    "handed_over": ("Your report has been handed to {unit}, which handles it.", "您的反映已交由{unit_zh}承办。"),
    "in_work": ("{unit} has begun to work on it.", "{unit_zh}已开始办理。"),
    "reopened": ("Your case has been opened again; {unit} works on it.", "您的事项已由{unit_zh}重新办理。"),
}
OUTCOMES: Mapping[str, Said] = {
    "fixed": ("Fixed", "已解决"), "not_fixed": ("Not fixed", "未解决"),
    "no_action_needed": ("No action was needed", "无需处理"), "not_possible": ("Not possible", "无法办理"),
    "not_found": ("Nothing was found there", "现场未发现"),
}  # fmt: skip
STEPS: Mapping[str, Said] = {
    "found": ("Found", "发现"), "reported": ("Reported", "上报"), "own_level": ("Handled nearby", "处置"),
    "handed_over": ("Handed over", "交办"), "done": ("Done", "办结"), "called_back": ("Called back", "回访"),
    "evaluated": ("Evaluated", "评估"),
}  # fmt: skip
ORDER: Sequence[str] = tuple(SAID)
# What a link in a mail is for.
LINKS: Mapping[str, Said] = {
    "read": ("Follow it here", "查询进展"),
    "rate": ("Tell us here what you think of the result", "请在此评价办理结果"),
    "confirm": ("Follow it here, and confirm that this address is yours", "查询进展，并确认邮箱以实名计数"),
}
_REASON: Said = ("Reason: ", "理由：")


def say(kind: str, facts: Mapping[str, str], *, zone: ZoneInfo) -> Said:
    """An answer in English and Chinese; moments in the city's time.

    `facts` may hold unit, unit_zh, into (a case number), outcome, and the ISO moments due_at and until.
    """
    named = {"unit_zh": facts.get("unit", ""), **facts}
    english, chinese = (text.format(**named) for text in (_BY_UNIT if "unit" in facts else SAID).get(kind, SAID[kind]))
    for more in _more(facts, zone):
        english, chinese = f"{english} {more[0]}", f"{chinese}{more[1]}"
    return english, chinese


def letter(
    told: Sequence[tuple[Said, str]], *, city: str, case_no: str, link: str | None, link_for: str = "read"
) -> tuple[str, str]:
    """Subject and body of a mail, in both languages: who reads it did not always say which is his.

    `told` are answers with the centre's reason for each; the last names the subject. `link_for` says what the link is
    for: a key of LINKS.
    """
    english, chinese = told[-1][0]
    subject = f"{case_no}: {chinese} {english}"
    lines = [line for said, words in told for line in (said[1], said[0], *([reason(words)] if words else []))]
    lines.append(f"编号 Number: {case_no}")
    if link:
        english, chinese = LINKS[link_for]
        lines += [f"{chinese}（请勿转发此链接） {english}; keep this link to yourself:", link]
    return subject, "\n\n".join([*lines, city])


def reason(words: str) -> str:
    """The centre's words for an answer, named as such; they stand in the language that they were written in."""
    return f"{_REASON[1].rstrip('：')} {_REASON[0]}{words}"


def _more(facts: Mapping[str, str], zone: ZoneInfo) -> list[Said]:
    """What the facts add to a sentence."""
    more: list[Said] = []
    if "into" in facts:
        more.append((f"It is handled under {facts['into']}.", f"合并后的编号为{facts['into']}。"))
    if "outcome" in facts:
        english, chinese = OUTCOMES[facts["outcome"]]
        more.append((f"Result: {english.lower()}.", f"办理结果：{chinese}。"))
    if "due_at" in facts:
        day = _day(facts["due_at"], zone)
        more.append((f"It is due by {day}.", f"办理期限：{day}。"))
    if "until" in facts:
        day = _day(facts["until"], zone)
        more.append((f"It goes on by {day} at the latest.", f"最迟于{day}恢复办理。"))
    return more


def _day(moment: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}"
