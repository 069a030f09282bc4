"""Sorting in the store: which cases teach, whose model sorts, what is kept of overrides."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from spatial.cases.drafts import ReportDraft
from spatial.cases.intake import file_reports
from spatial.cases.matters.class_files import read_starter
from spatial.cases.matters.loading import load_matters, retire_matter
from spatial.cases.sorting import read_sorter, sort_many, sort_text
from spatial.cases.sorting.district_models import get_card, list_confirmed, measure_sorting, train_sorting
from spatial.cases.sorting.keywords import load_starter_keywords
from spatial.cases.sorting.model import Model
from spatial.cases.sorting.overrides import Override, Period, count_overrides, list_overrides, log_override
from spatial.cases.sorting.training import fit
from spatial.errors import Conflict, NotFound
from spatial.store.events import EventDraft, append
from spatial.store.opening import Store
from spatial.store.reach import NOTHING, WHOLE_CITY, Reach
from tests.commands import Program
from tests.worlds import DISTRICT, NORTH, SOUTH, T, W, inside

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORDS = {
    "litter": ("门口有一袋垃圾", "垃圾堆在路边没人清", "a bag of litter at the gate", "楼下垃圾发臭"),
    "pothole": ("路面有个大坑", "人行道地砖破损", "a pothole in the road", "路面开裂下沉"),
    "stall": ("店铺在外面摆卖", "商贩把货摆到路上", "a stall blocks the pavement", "水果摊占了人行道"),
}


class Serials:
    """Numbers without a store of their own."""

    def __init__(self) -> None:
        self._next = 1

    def __call__(self, prefix: str, day: object, count: int) -> list[int]:
        self._next += count
        return list(range(self._next - count, self._next))


SERIALS = Serials()


def tell(
    conn: Connection, matter: str | None, text: str, *, at: datetime, unit: str = W, history: bool = True
) -> tuple[str, str]:
    """File one report; its case as (district, number)."""
    lon, lat = inside(unit)
    draft = ReportDraft(
        id=uuid4(), lon=lon, lat=lat, accuracy_m=5.0, captured_at=at, source="public", category=matter, text=text,
        sender="public",
    )  # fmt: skip
    case = file_reports(conn, drafts=[draft], now=NOW, serials=SERIALS, history=history)[0].case
    assert case is not None
    return case.district, case.case_no


def teach(conn: Connection, *, places: Sequence[str] = ("东园", "西园", "南园", "北园", "中园")) -> int:
    """History of each matter from several places, oldest first."""
    told = [(matter, f"{place}{words}") for place in places for matter in WORDS for words in WORDS[matter]]
    for hour, (matter, text) in enumerate(told):
        tell(conn, matter, text, at=NOW - timedelta(days=40) + timedelta(hours=hour))
    return len(told)


def confirm(conn: Connection, case: tuple[str, str], *, actor: str, kind: str = "case.filed") -> None:
    district, case_no = case
    append(conn, [EventDraft(district, "case", case_no, kind, NOW, actor, (), {})])


def test_history_and_what_people_confirmed_teach_and_nothing_else(conn: Connection) -> None:
    tell(conn, "litter", "history teaches", at=NOW - timedelta(days=3))
    accepted, taken, _ = (
        tell(conn, "litter", text, at=NOW, history=False) for text in ("accepted", "taken by the system", "untouched")
    )
    confirm(conn, accepted, actor="7")
    confirm(conn, taken, actor="system")
    tell(conn, None, "history without a matter", at=NOW - timedelta(days=2))
    assert [case.text for case in list_confirmed(conn)] == ["history teaches", "accepted"]
    assert list_confirmed(conn, district="999999") == []


def test_a_stored_model_answers_as_the_one_that_was_trained(conn: Connection) -> None:
    number = teach(conn)
    card = train_sorting(conn, now=NOW, actor="7")
    cases = list_confirmed(conn)
    trained = fit([case.text for case in cases], [case.category for case in cases])
    stored = read_sorter(conn).model
    assert stored is not None
    assert (card.cases, len(cases)) == (number, number)
    for case in cases:
        assert (stored.shares(case.text) == trained.shares(case.text)).all()
    assert conn.exec_driver_sql("SELECT kind FROM event WHERE subject = 'sorting'").scalars().all() == [
        "sorting.trained"
    ]


def test_the_model_sorts_as_soon_as_it_is_there(conn: Connection) -> None:
    assert sort_many(conn, ["新园门口的垃圾"], [DISTRICT])[0].by == "nobody"
    teach(conn)
    train_sorting(conn, now=NOW, actor="7")
    litter, pothole = sort_many(conn, ["新园门口有一袋垃圾", "新园路面有个大坑"], [DISTRICT, ""])
    assert (litter.category, litter.by, pothole.category) == ("litter", "model", "pothole")
    assert litter.second is not None and litter.second.confidence < litter.confidence


def test_a_districts_model_beats_the_citys_however_old(conn: Connection) -> None:
    teach(conn)
    own = train_sorting(conn, district=DISTRICT, now=NOW, actor="7")
    city = train_sorting(conn, now=NOW + timedelta(days=1), actor="7")
    assert get_card(conn, district=DISTRICT).id == own.id
    assert get_card(conn, district="999999").id == city.id == get_card(conn).id


def test_the_card_holds_figures_of_the_newest_fifth(conn: Connection) -> None:
    with pytest.raises(NotFound, match="sorting train"):
        get_card(conn)
    number = teach(conn)
    measures = train_sorting(conn, now=NOW, actor="7").measures
    assert (measures["learned_from"], measures["tested_on"]) == (number - number // 5, number // 5)
    assert measures["model"]["accuracy"] > 0.9 > measures["keywords"]["accuracy"] == 0.0
    assert measures["matters"] == ["litter", "pothole", "stall"]
    assert 0 < measures["unseen_wordings"]["texts"] < number and measures["is_synthetic"] is False
    assert measures == json.loads(json.dumps(measures)) and "园" not in json.dumps(measures, ensure_ascii=False)


def test_too_few_cases_are_refused_with_their_number(conn: Connection) -> None:
    teach(conn, places=("东园",))
    for refuse in (lambda: train_sorting(conn, now=NOW, actor="7"), lambda: measure_sorting(conn)):
        with pytest.raises(Conflict, match="there are 12 confirmed cases"):
            refuse()


def test_keywords_sort_from_the_first_day_for_matters_that_are_there(conn: Connection) -> None:
    assert load_starter_keywords(conn) == 0
    load_matters(conn, drafts=read_starter(), now=NOW, actor="system")
    assert load_starter_keywords(conn) > 200
    assert load_starter_keywords(conn) == 0
    said = sort_many(conn, ["清波门12号雨水井盖缺失", "垃圾", "早上好"], [DISTRICT] * 3)
    assert [(one.category, one.by, one.is_sure) for one in said] == [
        ("C0103", "keywords", True), ("E0110", "keywords", False), (None, "nobody", False),
    ]  # fmt: skip


def test_a_changed_threshold_or_keyword_counts_at_once(conn: Connection) -> None:
    conn.exec_driver_sql("INSERT INTO sorting_keyword (matter, keyword) VALUES ('litter', '垃圾')")
    assert not sort_many(conn, ["垃圾"], [""])[0].is_sure
    conn.exec_driver_sql("UPDATE setting SET value = '0.7' WHERE key = 'sorting_threshold'")
    assert sort_many(conn, ["垃圾"], [""])[0].is_sure
    conn.exec_driver_sql("UPDATE sorting_keyword SET matter = 'stall'")
    assert sort_many(conn, ["垃圾"], [""])[0].category == "stall"


def test_a_retired_matter_is_not_named_from_its_end_on(conn: Connection) -> None:
    conn.exec_driver_sql("INSERT INTO sorting_keyword (matter, keyword) VALUES ('litter', '垃圾'), ('stall', '垃圾摊')")
    retire_matter(conn, code="stall", until=NOW, now=NOW, actor="7")
    sorter = read_sorter(conn, DISTRICT)
    assert sort_text(sorter, "垃圾摊", at=NOW - timedelta(seconds=1)).category == "stall"
    assert sort_text(sorter, "垃圾摊", at=NOW).category is None
    assert sort_text(sorter, "垃圾摊").category is None


def test_a_sorter_is_kept_until_something_in_it_changes(conn: Connection) -> None:
    teach(conn)
    train_sorting(conn, now=NOW, actor="7")
    kept = read_sorter(conn)
    assert read_sorter(conn) is kept
    train_sorting(conn, now=NOW + timedelta(days=1), actor="7")
    assert read_sorter(conn) is not kept


def test_broken_bytes_are_refused_when_they_are_read(conn: Connection) -> None:
    teach(conn)
    train_sorting(conn, now=NOW, actor="7")
    model = read_sorter(conn).model
    assert model is not None
    assert Model.from_bytes(model.to_bytes()).matters == model.matters


def choose(conn: Connection, case: tuple[str, str], **changes: object) -> Override:
    district, case_no = case
    plain = Override(district, case_no, NOW, "7", "litter", 0.55, "model", "stall")
    override = replace(plain, **changes)  # type: ignore[arg-type]
    log_override(conn, override=override)
    return override


def test_overrides_are_listed_within_reach_and_counted_by_period(conn: Connection) -> None:
    south = tell(conn, "litter", "a", at=NOW, history=False)
    north = tell(conn, "litter", "b", at=NOW, history=False, unit=T)
    first, second = choose(conn, south), choose(conn, north, at=NOW + timedelta(days=1))
    third = choose(conn, south, at=NOW + timedelta(days=2), suggested=None, confidence=None, by="nobody")
    everything = {"matter": None, "period": Period(), "limit": 9}
    seen = list_overrides(conn, reach=WHOLE_CITY, **everything)
    assert [one.at for one in seen] == [third.at, second.at, first.at]
    assert list_overrides(conn, reach=WHOLE_CITY, **everything, behind=(third.at, third.case_no)) == seen[1:]
    assert [one.case_no for one in list_overrides(conn, reach=Reach((NORTH,)), **everything)] == [north[1]]
    assert list_overrides(conn, reach=NOTHING, **everything) == []
    assert len(list_overrides(conn, reach=WHOLE_CITY, **everything | {"matter": "litter"})) == 2
    agreed = count_overrides(conn, reach=Reach((NORTH,)), period=Period())
    assert agreed == []  # the case still says what sorting said
    conn.exec_driver_sql("UPDATE case_file SET category = 'stall'")
    counts = count_overrides(conn, reach=WHOLE_CITY, period=Period())
    assert [(one.suggested, one.chosen, one.times) for one in counts] == [("litter", "stall", 1), (None, "stall", 1)]
    early = count_overrides(conn, reach=Reach((SOUTH,)), period=Period(NOW, NOW + timedelta(days=1)))
    assert [(one.suggested, one.times) for one in early] == [("litter", 1)]


def test_training_and_measuring_by_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_db: Store
) -> None:
    gridmaps = Program(monkeypatch, capsys, fresh_db.url)
    refused = gridmaps("sorting", "train")
    assert (refused.code, refused.out) == (2, "")
    assert "there are 0 confirmed cases" in refused.err
    with fresh_db.app.begin() as conn:
        number = teach(conn)
    assert json.loads(gridmaps("sorting", "measure", "--json").out)["tested_on"] == number // 5
    assert f"learned from {number} cases" in gridmaps("sorting", "train", "--district", DISTRICT).out
    assert "threshold" in gridmaps("sorting", "measure").out
