"""Plausible reports for the demo city: where people would complain, about what, in which words.

A few hot spots, each with its own troubles, over a thin background; some positions near borders, some
outside the city. All from a random generator that is handed in. Knows no database and no HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely

from spatial.cases.drafts import ReportDraft
from spatial.grid.cells import CellDraft
from spatial.grid.synthetic import SyntheticCity

CITY_TIME = ZoneInfo("Asia/Shanghai")
_METRES_PER_DEGREE = 111_000.0
_NEAR_BORDER, _OUTSIDE, _IN_HOT_SPOT = 0.06, 0.02, 0.62
_NAMES_NO_MATTER = 0.3  # of what the public says: sorting reads it, or a clerk

# street, how many metres wide, what people complain about there, how often
HOT_SPOTS = (
    ("330102003", 260, ("E0401", "E0499", "E0201", "E0498"), 5),
    ("330102009", 220, ("E0136", "E0129", "E0110"), 4),
    ("330102013", 340, ("E0499", "E0401", "E0110"), 3),
    ("330102014", 380, ("E0304", "E0498", "E0113"), 4),
    ("330102015", 420, ("E0304", "E0506", "E0113"), 3),
    ("330102018", 450, ("E0129", "E0110", "E0406"), 3),
    ("330102017", 380, ("C0123", "other", "C0137", "E0113", "other"), 4),
)
_EVERYWHERE = (
    "C0103", "C0102", "E0406", "E0110", "E0499", "E0401", "E0113", "E0506", "E0498", "C0137", "E0201",
    "E0129", "E0136", "E0304", "safety", "service", "social", "opinion", "emergency", "other",
)  # fmt: skip
_SOURCES = ("grid",) * 11 + ("public",) * 5 + ("visit", "police110", "deputy", "party")
_BUSY_HOURS = (7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 19, 20, 21, 22, 6, 23)

# {place} is a community; {n} a house number
TEXTS: dict[str, tuple[str, ...]] = {
    "C0103": ("{place}{n}号门口雨水井盖缺失，夜间行人容易踩空。", "{place}路口雨水井盖不见了，已用树枝做了标记。"),
    "C0102": ("{place}{n}号旁污水井盖破损，污水外溢。", "Sewer cover broken near number {n}, {place}."),
    "C0123": ("{place}{n}号前有一个不明井盖下沉，找不到产权单位。", "{place}路边无主井盖翘起。"),
    "E0110": ("{place}{n}号楼旁垃圾暴露堆放，有异味。", "Exposed garbage beside building {n}, {place}."),
    "E0499": ("{place}{n}号门前消防通道被车辆占用。", "{place}人行道上停了三辆车，行人只能走车道。"),
    "E0401": ("{place}门口有流动摊贩占道卖水果，影响通行。", "{place}{n}号前早餐摊占道经营。"),
    "E0113": ("{place}{n}号前路面破损，有约半米宽的坑。", "Pothole in front of number {n}, {place}."),
    "E0506": ("{place}路口积水约十厘米，雨水口疑似堵塞。", "{place}{n}号前道路积水，电瓶车无法通过。"),
    "E0498": ("{place}{n}号沿街店铺音响声音过大。", "{place}广场晚间音乐声扰民。"),
    "C0137": ("{place}{n}号旁两盏路灯不亮。", "Street lamp out near number {n}, {place}."),
    "E0201": ("{place}{n}号楼道内贴满小广告。", "{place}公交站牌上有非法小广告。"),
    "E0129": ("{place}路边有露天烧烤，油烟很大。", "{place}{n}号前夜间露天烧烤，地面油污。"),
    "E0136": ("{place}{n}号楼前堆放建筑材料，占用人行道。", "{place}绿地里堆了旧家具。"),
    "E0304": ("{place}工地未洒水，扬尘严重。", "{place}{n}号旁工地出入口车轮带泥。"),
    "safety": ("{place}{n}单元楼道内电瓶车充电，存在安全隐患。",),
    "E0406": ("{place}{n}号店铺超出门窗外墙摆卖。",),
    "service": ("{place}居民反映健身器材损坏，请予更换。",),
    "social": ("{place}{n}号独居老人需要助餐服务。",),
    "opinion": ("{place}居民建议在路口增设斑马线。",),
    "emergency": ("{place}{n}号旁大树倾斜，可能倒伏。",),
    "other": ("{place}文化家园本周末有活动，预计人流较多。",),
}


@dataclass(frozen=True)
class Told:
    """One report before it is sent."""

    id: UUID
    lon: float
    lat: float
    accuracy_m: float
    captured_at: datetime
    source: str
    category: str | None
    text: str

    def draft(self, sender: str) -> ReportDraft:
        """What the intake takes."""
        return ReportDraft(
            id=self.id, lon=self.lon, lat=self.lat, accuracy_m=self.accuracy_m, captured_at=self.captured_at,
            source=self.source, category=self.category, text=self.text, sender=sender,
        )  # fmt: skip


class Storyteller:
    """Tells reports about one city. The same generator and moments tell the same reports."""

    def __init__(self, city: SyntheticCity, rng: Random) -> None:
        self._rng = rng
        self._units = city.level(4)
        self._tree = shapely.STRtree([unit.geometry for unit in self._units])
        self._shapes = {unit.code: unit.geometry for unit in self._units}
        self._places = {cell.code: cell.name.removesuffix("村委会") for cell in city.level(3)}
        self._district = city.level(1)[0]
        self._spots = [self._open_spot(*spot[:3]) for spot in HOT_SPOTS]
        self._often = [spot[3] for spot in HOT_SPOTS]

    def tell(self, moment: datetime) -> Told:
        """One report that was received at `moment`."""
        rng, draw = self._rng, self._rng.random()
        unit = rng.choice(self._units)
        category = rng.choice(_EVERYWHERE)
        if draw < _OUTSIDE:
            lon, lat = self._beyond()
        elif draw < _OUTSIDE + _NEAR_BORDER:
            lon, lat = self._on_kerb(unit)
        elif draw < _OUTSIDE + _NEAR_BORDER + _IN_HOT_SPOT:
            middle, width_m, troubles = rng.choices(self._spots, self._often)[0]
            lon, lat = self._around(middle, width_m)
            unit, category = self._unit_near(lon, lat) or unit, rng.choice(troubles)
        else:
            lon, lat = self._inside(unit)
        words, source = rng.choice(TEXTS[category]), rng.choice(_SOURCES)
        is_named = source != "public" or rng.random() >= _NAMES_NO_MATTER
        return Told(
            id=UUID(int=rng.getrandbits(128), version=4),
            lon=round(lon, 7),
            lat=round(lat, 7),
            accuracy_m=round(min(60.0, 5.0 + rng.expovariate(1 / 12.0)), 1),
            captured_at=moment - timedelta(seconds=rng.randrange(5, 900)),
            source=source,
            category=category if is_named else None,
            text=words.format(place=self._places[unit.parent or ""], n=rng.randrange(1, 180)),
        )

    def stand_in(self, code: str) -> tuple[float, float]:
        """A position well inside a unit, as (lon, lat)."""
        point = self._shapes[code].representative_point()
        return point.x, point.y

    def _open_spot(self, street: str, width_m: int, troubles: Sequence[str]) -> tuple[CellDraft, int, Sequence[str]]:
        """A hot spot in the middle of a street: where it is, how wide, and what is wrong there."""
        inside = [unit for unit in self._units if unit.code.startswith(street)]
        middle = shapely.centroid(shapely.union_all([unit.geometry.centroid for unit in inside]))
        return min(inside, key=lambda unit: unit.geometry.distance(middle)), width_m, troubles

    def _around(self, unit: CellDraft, width_m: int) -> tuple[float, float]:
        middle = unit.geometry.centroid
        east, north = self._rng.gauss(0, width_m), self._rng.gauss(0, width_m)
        return middle.x + east / (_METRES_PER_DEGREE * 0.864), middle.y + north / _METRES_PER_DEGREE

    def _inside(self, unit: CellDraft) -> tuple[float, float]:
        west, south, east, north = unit.geometry.bounds
        for _ in range(20):
            lon, lat = self._rng.uniform(west, east), self._rng.uniform(south, north)
            if shapely.contains_xy(unit.geometry, lon, lat):
                return lon, lat
        point = unit.geometry.representative_point()
        return point.x, point.y

    def _on_kerb(self, unit: CellDraft) -> tuple[float, float]:
        """A few metres from a border: the position's accuracy reaches across it."""
        lon, lat = self._rng.choice(shapely.get_coordinates(unit.geometry).tolist())
        return lon + self._rng.uniform(-4e-5, 4e-5), lat + self._rng.uniform(-4e-5, 4e-5)

    def _beyond(self) -> tuple[float, float]:
        """A few hundred metres outside, mostly across the river."""
        city = self._district.geometry
        lon, lat = self._rng.choice(shapely.get_coordinates(city.exterior).tolist())
        for _ in range(100):
            lon, lat = lon + self._rng.uniform(0.002, 0.006), lat - self._rng.uniform(0.002, 0.006)
            if not shapely.contains_xy(city, lon, lat):
                break
        return lon, lat

    def _unit_near(self, lon: float, lat: float) -> CellDraft | None:
        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._units[int(found[0])] if len(found) else None


def past_moments(now: datetime, *, count: int, days: int, rng: Random) -> list[datetime]:
    """So many moments of the last days, rising, at the hours when people complain, the last within the hour."""
    today = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    moments: list[datetime] = [now - timedelta(seconds=n * 71 + 40) for n in range(min(count, 40))]
    while len(moments) < count:
        hour = rng.choice(_BUSY_HOURS)
        moment = today - timedelta(days=rng.randrange(days)) + timedelta(hours=hour, seconds=rng.randrange(3600))
        if moment < now:
            moments.append(moment.astimezone(UTC))
    return sorted(moments)
