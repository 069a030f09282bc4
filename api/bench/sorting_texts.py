"""Made-up reports whose matter is known: phrases dressed with places, haste, slips of the finger and two languages.

One phrase is one template. A corpus is told over time, and from its middle on new templates come up, as new troubles
and new callers do. The same seed tells the same texts. Knows no sorter.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

_PHRASES = Path(__file__).with_name("sorting_phrases.csv")
_PLACES = (
    "清波门", "定安路", "湖滨", "凯旋", "采荷", "闸弄口", "望江", "紫阳", "南星", "笕桥", "丁兰", "九堡", "彭埠",
    "小营",
)  # fmt: skip
_SPOTS = ("{place}社区{n}号", "{place}路口", "{place}{n}幢楼下", "{place}菜场旁边", "{place}小学门口",
          "near {place} {n}")  # fmt: skip
_BEFORE = ("", "", "", "你好，", "您好！", "又来投诉了：", "请问，", "反映一下：", "紧急！", "Hello, ", "师傅们，")
_BEHIND = (
    "", "", "", "请尽快处理。", "已经好几天了", "打了几次电话没人管", "麻烦派人看看，谢谢", "影响通行", "居民意见很大",
    "老人小孩不安全", "please fix it", "hope somebody comes", "什么时候能解决？", "照片已上传",
)  # fmt: skip
_SLIPS = {"的": "得", "在": "再", "道": "到", "垃圾": "拉圾", "停": "亭", "路": "璐", "井": "景", "有": "又",
          "the": "teh"}  # fmt: skip
_SLIP, _DROP, _SWAP = 0.15, 0.1, 0.08


@dataclass(frozen=True)
class ToldText:
    """A text, its matter, the template that it was told by, and when, 0 to 1 of the span."""

    text: str
    matter: str
    template: str
    moment: float


@cache
def list_phrases() -> tuple[tuple[str, str], ...]:
    """Every (matter, phrase)."""
    with _PHRASES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple((row["matter"], row["phrase"]) for row in rows)


def tell_corpus(texts: int, *, seed: int) -> list[ToldText]:
    """So many texts in the order of time. Half of the templates are there from the start, the others come up later."""
    rng = Random(seed)
    begins = {phrase: max(0.0, rng.uniform(-1.0, 1.0)) for _, phrase in list_phrases()}
    corpus = []
    for n in range(texts):
        moment = n / texts
        matter, phrase = rng.choice([one for one in list_phrases() if begins[one[1]] <= moment])
        corpus.append(ToldText(_dress(phrase, rng), matter, phrase, moment))
    return corpus


def split_by_time(corpus: Sequence[ToldText]) -> tuple[list[ToldText], list[ToldText]]:
    """Four fifths to learn from, and the newest fifth."""
    cut = len(corpus) * 4 // 5
    return list(corpus[:cut]), list(corpus[cut:])


def split_by_template(corpus: Sequence[ToldText], *, seed: int) -> tuple[list[ToldText], list[ToldText]]:
    """Texts to learn from, and those of the fifth of each matter's templates that are never seen in learning."""
    rng = Random(seed)
    by_matter: dict[str, list[str]] = {}
    for matter, phrase in list_phrases():
        by_matter.setdefault(matter, []).append(phrase)
    held_out = {phrase for phrases in by_matter.values() for phrase in rng.sample(phrases, max(1, len(phrases) // 5))}
    return [t for t in corpus if t.template not in held_out], [t for t in corpus if t.template in held_out]


def _dress(phrase: str, rng: Random) -> str:
    spot = rng.choice(_SPOTS).format(place=rng.choice(_PLACES), n=rng.randrange(1, 200))
    parts = [spot, phrase] if rng.random() < 0.7 else [phrase, "，" + spot]
    return _slip(rng.choice(_BEFORE) + "".join(parts) + "，" + rng.choice(_BEHIND), rng)


def _slip(text: str, rng: Random) -> str:
    for right, wrong in _SLIPS.items():
        if right in text and rng.random() < _SLIP:
            text = text.replace(right, wrong, 1)
    letters = list(text)
    if rng.random() < _DROP:
        letters.pop(rng.randrange(len(letters)))
    if rng.random() < _SWAP:
        at = rng.randrange(len(letters) - 1)
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)
