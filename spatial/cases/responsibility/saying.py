"""A decision in sentences that a citizen can read, in English and in Chinese.

Knows decisions. Refuses to decide, and names people nowhere: only units, places and rows.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spatial.cases.responsibility.decision import Decision, DutyRow, Ground, Question, Reason, UnitName
from spatial.cases.rules import Department
from spatial.grid.placement import MOST_CANDIDATES

_PLACES = {
    "level": ("everywhere on the level {name}", "各{name}范围内"),
    "cell": ("in {name} ({code})", "{name}（{code}）范围内"),
    "polygon": ("in the jurisdiction {name} ({code})", "管辖区{name}（{code}）内"),
    "exclusive_grid": ("in the exclusive grid {name} ({code})", "专属网格{name}（{code}）内"),
}
_PARTS = (("assisting", "Assisting", "协办"), ("supervising", "Supervising", "监管"))
_LEAST = 0.005  # what rounds to 1 %
WHY_NOT = {
    "less_specific": ("a more specific row comes before it", "有更具体的条款优先"),
    "lower_priority": ("the district ranks another row higher", "区里规定了更高的优先级"),
    "tie": ("it ties with another row, and a precedent decides", "与其他条款并列，由先例裁定"),
}


def with_reasons(decision: Decision, question: Question, ground: Ground, *, nowhere: float = 0.0) -> Decision:
    """The decision with its reasons: where, how sure, what decided, what is done meanwhile.

    `nowhere` is the share of the accuracy that makes the lead uncertain by lying where nobody has the case.
    """
    reasons = [*_place(decision, question, ground), *_matter(decision, question, ground)]
    if round(nowhere, 2) > 0.0:
        reasons.append(_nowhere(nowhere, question))
    if question.doubt is not None:
        reasons.append(Reason("fallback", question.doubt, question.doubt))
    return replace(decision, reasons=tuple(reasons))


def share_words(share: float) -> tuple[str, str]:
    """A share of the accuracy in words: a part is never told as nothing, nor as the whole."""
    if share < _LEAST:
        return "under 1%", "不到1%"
    return ("over 99%", "超过99%") if share >= 1.0 - _LEAST else (f"{share:.0%}", f"{share:.0%}")


def claims(unit: UnitName) -> tuple[str, str]:
    """What is said of one of several leads that the table names at once."""
    return f"the table names {unit.name} as well", f"职责表同时指定了{_zh(unit)}"


def tell(decision: Decision) -> tuple[list[str], list[str]]:
    """The whole decision as lines, in English and in Chinese: the answer first, then its reasons."""
    return tell_stored(decision.as_json())


def tell_stored(stored: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The same of a decision as it was stored, so that an old one reads as it was given."""
    english, chinese = [_answer(stored)], [_answer_zh(stored)]
    for part, word, word_zh in _PARTS:
        units = stored.get(part) or []
        if units:
            english.append(f"{word}: {', '.join(unit['name'] for unit in units)}.")
            chinese.append(f"{word_zh}：{'、'.join(map(_zh_of, units))}。")
    for reason in stored["reasons"]:
        english.append(f"{reason['says'][:1].upper()}{reason['says'][1:]}.")
        chinese.append(f"{reason.get('says_zh') or reason['says']}。")
    return english, chinese


def _answer(stored: Mapping[str, Any]) -> str:
    if stored["lead"]:
        sure = "" if stored.get("certainty", "certain") == "certain" else " This is not certain."
        return f"{stored['lead']['name']} leads.{sure}"
    if stored.get("alternatives"):
        names = ", ".join(one["lead"]["name"] for one in stored["alternatives"])
        return f"Several units may lead: {names}. A clerk chooses, or it is ruled on."
    if stored.get("interim"):
        return f"No unit is named for this; {stored['interim']['name']} acts first until it is ruled on."
    if stored["territorial"]:
        return f"{stored['territorial'][0]['name']} holds it until a clerk has said what the matter is."
    return "Nobody is named: the position lies outside the city, and a clerk must decide."


def _answer_zh(stored: Mapping[str, Any]) -> str:
    if stored["lead"]:
        sure = "" if stored.get("certainty", "certain") == "certain" else "（尚不确定）"
        return f"主办单位：{_zh_of(stored['lead'])}{sure}。"
    if stored.get("alternatives"):
        names = "、".join(_zh_of(one["lead"]) for one in stored["alternatives"])
        return f"可能的主办单位：{names}；由受理员选定或提交裁定。"
    if stored.get("interim"):
        return f"暂无明确责任单位，由{stored['interim']['name']}先行处置，待裁定。"
    if stored["territorial"]:
        return f"事项尚未分类，暂由属地{stored['territorial'][0]['name']}兜底。"
    return "位置在辖区之外，无法确定责任单位，由受理员判定。"


def _zh_of(unit: Mapping[str, Any]) -> str:
    return str(unit.get("name_zh") or unit["name"])


def _place(decision: Decision, question: Question, ground: Ground) -> tuple[Reason, ...]:
    placement = question.placement
    if placement.unit is None:
        return (
            Reason(
                "outside",
                f"no unit of grid revision {decision.revision} covers the position",
                f"第{decision.revision}版网格没有单元覆盖该位置",
            ),
        )
    name = ground.names[placement.unit].name if placement.unit in ground.names else placement.unit
    found = Reason(
        "border",
        f"the position lies in unit {placement.unit} ({name}) of grid revision {decision.revision}",
        f"位置落在第{decision.revision}版网格的单元{placement.unit}（{name}）内",
    )
    rivals = [one for one in placement.candidates if one.code != placement.unit]
    if placement.certainty == "certain" or not rivals:
        return (found,)
    shares = [(one.code, *share_words(one.share)) for one in rivals[:3]]
    told = ", ".join(f"{code} {share}" for code, share, _ in shares)
    told_zh = "、".join(f"{code} {share}" for code, _, share in shares)
    return found, Reason("accuracy", f"the accuracy disc also covers {told}", f"定位精度圆还覆盖{told_zh}")


def _nowhere(share: float, question: Question) -> Reason:
    told, told_zh = share_words(share)
    is_cut = len(question.placement.candidates) >= MOST_CANDIDATES
    beyond, beyond_zh = (", or in more units than are told", "或其他未列出的单元") if is_cut else ("", "")
    return Reason(
        "outside",
        f"{told} of the accuracy lies outside the city{beyond}",
        f"精度圆的{told_zh}在辖区之外{beyond_zh}",
    )


def _matter(decision: Decision, question: Question, ground: Ground) -> tuple[Reason, ...]:
    if question.matter is None:
        return (_unsorted(decision),)
    said = [_row(row, decision, question, ground) for row in decision.rows]
    if decision.precedent is not None:
        said.append(
            Reason(
                "precedent",
                f"the table does not settle it, and precedent {decision.precedent} does",
                f"职责表未能明确，按先例{decision.precedent}执行",
            )
        )
    if decision.decided_by == "territory":
        said.append(_gap(decision, question))
    if decision.decided_by == "nobody":
        said.append(
            Reason("nobody", "no territory and no row: a clerk must decide", "既无属地也无条款，须由受理员判定")
        )
    return (*said, *(Reason("alternative", one.says, one.says_zh) for one in decision.alternatives))


def _row(row: DutyRow, decision: Decision, question: Question, ground: Ground) -> Reason:
    place, place_zh = _where(row, ground)
    matter, matter_zh = _about(row, question, ground)
    lead, lead_zh = _whose(row, decision, ground)
    basis = f" ({row.basis})" if row.basis else ""
    return Reason(
        "row",
        f"row {row.id} of the table of responsibility: {matter} {place} is a matter of {lead}{basis}",
        f"职责表第{row.id}条：{place_zh}的“{matter_zh}”由{lead_zh}主办{basis}",
    )


def _where(row: DutyRow, ground: Ground) -> tuple[str, str]:
    english, chinese = _PLACES[row.place.kind]
    name, name_zh = row.place.name, row.place.name
    if row.place.kind == "level":
        name_zh = ground.level_names[row.place.rank or 1].name_zh or name
    return english.format(name=name, code=row.place.code), chinese.format(name=name_zh, code=row.place.code)


def _about(row: DutyRow, question: Question, ground: Ground) -> tuple[str, str]:
    """What the row says, which may be a class above the case's own: who looks the row up finds these words."""
    matter = question.matter
    assert matter is not None
    named = matter if row.matter == matter.code else ground.matters.get(row.matter)
    if named is None:
        return row.matter, row.matter
    return named.name, named.name_zh or named.name


def _whose(row: DutyRow, decision: Decision, ground: Ground) -> tuple[str, str]:
    """The row's lead by name. A level stands for the body of that level where the case lies."""
    unit = ground.departments.get(row.lead)
    if unit is not None:
        return unit.name, _zh(unit)
    level = row.lead.removeprefix("@")
    body = next((body for body in decision.territorial if body.level == level), None)
    return (body.name, body.name) if body else _body_of(level, ground)


def _body_of(level: str, ground: Ground) -> tuple[str, str]:
    if level not in ground.levels:
        return level, level
    name = ground.level_names[ground.levels[level]]
    return f"the body of the {name.name.lower()}", f"所在{name.name_zh or name.name}"


def _unsorted(decision: Decision) -> Reason:
    if not decision.territorial:
        return Reason("nobody", "no territory and no category: a clerk must decide", "既无属地也无类别，须由受理员判定")
    return Reason(
        "territory_holds",
        "no category is set, so the territory holds the case (属地兜底)",
        "尚未分类，由属地兜底",
    )


def _gap(decision: Decision, question: Question) -> Reason:
    assert question.matter is not None
    name = decision.interim.name if decision.interim else "the territory"
    return Reason(
        "territory_holds",
        f"no row of the table names anybody for {question.matter.name} here: {name} acts first (属地兜底), "
        "and the case is a dispute",
        f"职责表没有为此处的“{question.matter.name_zh or question.matter.name}”指定单位：由{name}先行处置（属地兜底），"
        "案件进入待裁定",
    )


def _zh(unit: UnitName | Department) -> str:
    return unit.name_zh or unit.name
