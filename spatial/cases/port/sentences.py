"""What a citizen is told, in Chinese and English: the words of each kind of answer and of each step.

Pure. Names no person and no unit's employee; knows kinds and steps, refuses to know rows.
"""

from collections.abc import Mapping

SAID: Mapping[str, tuple[str, str]] = {
    "received": ("We have received your report.", "您的反映已收到。"),
    "accepted": ("Your report has been accepted.", "您的反映已受理。"),
    "refused": ("Your report was not taken up.", "您的反映未予受理。"),
    "handed_over": ("Your report has been handed to the unit that handles it.", "您的反映已交由承办单位办理。"),
    "in_work": ("The unit has begun to work on it.", "承办单位已开始办理。"),
    "done": ("The unit says that it is done; the result is being checked.", "承办单位已办理，正在核查结果。"),
    "delayed": ("It takes longer; a new date has been set.", "办理需要延期，已确定新的期限。"),
    "paused": ("It cannot be done for now and has been put on hold.", "目前不具备办理条件，已挂账。"),
    "resumed": ("Work on it goes on.", "已恢复办理。"),
    "closed": ("Your case has been closed.", "您的事项已办结。"),
    "reopened": ("Your case has been opened again.", "您的事项已重新办理。"),
    "joined": ("It was joined with another report of the same thing.", "已与反映同一问题的事项合并办理。"),
    "parted": ("It is handled by itself again.", "已恢复单独办理。"),
    "disputed": ("It is being settled which unit is responsible.", "正在确定责任单位。"),
    "ruled": ("It has been settled which unit is responsible.", "责任单位已确定。"),
    "referred": ("It was passed to a provider, who will call you.", "已转交服务机构，对方将与您联系。"),
    "escalated": ("It has been passed to the next level.", "已上报上一级办理。"),
    "called_back": ("Thank you for telling us how it went.", "感谢您的回访反馈。"),
    "answered": ("There is an answer to your report.", "您的反映有了答复。"),
}
STEPS: Mapping[str, tuple[str, str]] = {
    "found": ("Found", "发现"), "reported": ("Reported", "上报"), "own_level": ("Handled nearby", "处置"),
    "handed_over": ("Handed over", "交办"), "done": ("Done", "办结"), "called_back": ("Called back", "回访"),
    "evaluated": ("Evaluated", "评估"),
}  # fmt: skip


def sentence(kind: str, *, language: str) -> str:
    """The sentence of a kind of answer, in `zh` or else in English."""
    return SAID[kind][language == "zh"]


def letter(kind: str, *, city: str, case_no: str, words: str, link: str | None) -> tuple[str, str]:
    """Subject and body of a mail, in both languages: who reads it did not always say which is his."""
    subject = f"{case_no}: {SAID[kind][1]} {SAID[kind][0]}"
    told = [SAID[kind][1], SAID[kind][0], *([words] if words else []), f"编号 Number: {case_no}"]
    if link:
        told += ["查询进展（请勿转发此链接） Follow it here; keep this link to yourself:", link]
    return subject, "\n\n".join([*told, city])
