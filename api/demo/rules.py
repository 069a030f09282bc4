"""People and bodies of the demo city: departments, providers, territorial bodies, log-ins.

What its cases are about is the product's starter set; who answers for what lies in `duties.py`. Plain rows;
knows no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from spatial.grid.cells import CellDraft

# code, name, Chinese name, the platform whose queue it works from
DEPARTMENTS = (
    ("city_management", "City Management Bureau", "区城市管理局", "service"),
    ("law_enforcement", "Comprehensive Law Enforcement Bureau", "区综合行政执法局", "enforcement"),
    ("public_security", "Public Security Branch", "公安上城分局", "governance"),
    ("traffic_police", "Traffic Police Brigade", "交警上城大队", "enforcement"),
    ("ecology", "Ecology and Environment Branch", "市生态环境局上城分局", "enforcement"),
    ("construction", "Housing and Construction Bureau", "区住房和城乡建设局", "service"),
    ("water_works", "Municipal Works and Water Centre", "区市政水利管理中心", "service"),
    ("emergency", "Emergency Management Bureau", "区应急管理局", "governance"),
    ("civil_affairs", "Civil Affairs Bureau", "区民政局", "service"),
    ("market", "Market Supervision Bureau", "区市场监督管理局", "enforcement"),
    ("letters_visits", "Letters and Visits Bureau", "区信访局", "supervision"),
    ("party_work", "Party Organisation Department", "区委组织部", "governance"),
)

# code, name, Chinese name, kind, how it is reached: for what is the market's or a social body's to do
PROVIDERS = (
    ("locksmiths", "Locksmiths on call", "开锁服务队", "market", "demo line 1"),
    ("plumbers", "Household repairs", "家政维修", "market", "demo line 2"),
    ("meals", "Meals for the elderly", "助老助餐社", "social", "demo line 3"),
)


@dataclass(frozen=True)
class Login:
    """A log-in of the demo city; `cells` bounds what it sees, None is the whole city, `department` whose cases."""

    login: str
    password: str
    name: str
    role: str
    cells: tuple[str, ...] | None = None
    department: str | None = None


_OFFICER_1 = ("330102001051", "330102001052", "330102001053")
_OFFICER_2 = ("330102009051", "330102009052", "330102009055")
_OFFICER_3 = ("330102018001", "330102018002", "330102018003")

DEMO_LOGINS = (
    Login("admin", "demo-admin", "系统管理员 · demo", "administrator"),
    Login("operator", "demo-operator", "指挥中心值班员 · demo", "centre_operator"),
    Login("planner", "demo-planner", "网格规划员 · demo", "planner"),
    Login("supervisor", "demo-supervisor", "督查员 · demo", "supervisor"),
    Login("panel", "demo-panel", "疑难诉求裁定小组 · demo", "panel_member"),
    Login("clerk", "demo-clerk", "闸弄口街道受理员 · demo", "street_clerk", ("330102013",)),
    Login("handler", "demo-handler", "市政水利中心经办人 · demo", "department_handler", None, "water_works"),
    Login("handler2", "demo-handler2", "综合执法局经办人 · demo", "department_handler", None, "law_enforcement"),
    Login("handler3", "demo-handler3", "城市管理局经办人 · demo", "department_handler", None, "city_management"),
    Login("handler4", "demo-handler4", "交警大队经办人 · demo", "department_handler", None, "traffic_police"),
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
