"""Rules of the demo city: departments, categories with their limits, territorial bodies, log-ins.

The eight categories are those of Shangcheng's linked management; the everyday classes are those of digital
city management. Limits are process and case limits as clock time. Plain rows; knows no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from spatial.grid.cells import CellDraft

# code, name, Chinese name
DEPARTMENTS = (
    ("city_management", "City Management Bureau", "区城市管理局"),
    ("law_enforcement", "Comprehensive Law Enforcement Bureau", "区综合行政执法局"),
    ("public_security", "Public Security Branch", "公安上城分局"),
    ("traffic_police", "Traffic Police Brigade", "交警上城大队"),
    ("ecology", "Ecology and Environment Branch", "市生态环境局上城分局"),
    ("construction", "Housing and Construction Bureau", "区住房和城乡建设局"),
    ("water_works", "Municipal Works and Water Centre", "区市政水利管理中心"),
    ("emergency", "Emergency Management Bureau", "区应急管理局"),
    ("civil_affairs", "Civil Affairs Bureau", "区民政局"),
    ("market", "Market Supervision Bureau", "区市场监督管理局"),
    ("letters_visits", "Letters and Visits Bureau", "区信访局"),
    ("party_work", "Party Organisation Department", "区委组织部"),
)

# code, name, Chinese name, department, step limit, due limit (both ISO 8601 durations)
CATEGORIES = (
    ("safety", "Safety and stability", "安全稳定", "public_security", "PT1H", "P1D"),
    ("enforcement", "Administrative enforcement", "行政执法", "law_enforcement", "PT1H", "P5D"),
    ("service", "Public service", "公共服务", "civil_affairs", "PT1H", "P5D"),
    ("social", "Social affairs", "社会事务", "civil_affairs", "PT1H", "P5D"),
    ("party", "Party and mass organisations", "党群组织", "party_work", "PT1H", "P5D"),
    ("emergency", "Emergency management", "应急管理", "emergency", "PT1H", "P1D"),
    ("opinion", "Public opinion", "社情民意", "letters_visits", "PT1H", "P3D"),
    ("other", "Other news", "其他类动态信息", "letters_visits", "PT1H", "P5D"),
    ("manhole", "Manhole cover missing", "井盖缺失", "water_works", "PT1H", "PT2H"),
    ("garbage", "Exposed garbage", "暴露生活垃圾", "city_management", "PT1H", "PT4H"),
    ("parking", "Illegal parking", "机动车违停", "traffic_police", "PT1H", "PT2H"),
    ("vending", "Street vending", "无照经营游商", "law_enforcement", "PT1H", "PT2H"),
    ("road", "Damaged road", "道路破损", "water_works", "PT1H", "P5D"),
    ("flooding", "Water on the road", "道路积水", "water_works", "PT1H", "PT2H"),
    ("noise", "Noise", "商业噪音", "ecology", "PT1H", "PT2H"),
    ("lamp", "Broken street lamp", "路灯不亮", "city_management", "PT1H", "P1D"),
    ("small_ads", "Illegal small advertisements", "非法小广告", "law_enforcement", "PT1H", "P1D"),
    ("barbecue", "Open-air barbecue", "露天烧烤", "law_enforcement", "PT1H", "PT2H"),
    ("piles", "Goods piled up in public", "乱堆物堆料", "city_management", "PT1H", "P1D"),
    ("dust", "Dust from a building site", "工地扬尘", "construction", "PT1H", "PT2H"),
)


@dataclass(frozen=True)
class Login:
    """A log-in of the demo city; `cells` bounds what it sees, None is the whole city."""

    login: str
    password: str
    name: str
    role: str
    cells: tuple[str, ...] | None = None


_OFFICER_1 = ("330102001051", "330102001052", "330102001053")
_OFFICER_2 = ("330102009051", "330102009052", "330102009055")
_OFFICER_3 = ("330102018001", "330102018002", "330102018003")

DEMO_LOGINS = (
    Login("admin", "demo-admin", "系统管理员 · demo", "administrator"),
    Login("operator", "demo-operator", "指挥中心值班员 · demo", "centre_operator"),
    Login("planner", "demo-planner", "网格规划员 · demo", "planner"),
    Login("officer1", "demo-officer1", "清波网格员 · demo", "grid_officer", _OFFICER_1),
    Login("officer2", "demo-officer2", "紫阳网格员 · demo", "grid_officer", _OFFICER_2),
    Login("officer3", "demo-officer3", "九堡网格员 · demo", "grid_officer", _OFFICER_3),
)


def name_bodies(cells: Iterable[CellDraft]) -> dict[str, str]:
    """Who answers for each cell above the units, by its code."""
    return {cell.code: _body(cell.name, cell.rank) for cell in cells if cell.rank < 4}


def _body(name: str, rank: int) -> str:
    if rank == 1:
        return f"{name}人民政府"
    if rank == 2:
        return f"{name}办事处"
    return f"{name.removesuffix('村委会')}村村民委员会" if name.endswith("村委会") else f"{name}居民委员会"
