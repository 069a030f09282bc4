"""The role matrix: for every route, who may, written by hand and not read from the program.

A letter is a role: P public, C citizen, O grid officer, L grid leader, S street clerk, H department handler,
B centre operator, N panel member, G planner, V supervisor, A administrator. Letters that a row does not name are
refused: 401 for the public, 403 for an account. A new route is one more row; the matrix fails without it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.api.conftest import a_report
from tests.worlds import W, inside

Body = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None
ALL = "PCOLSHBNGVA"
WORKERS = "OLSHBNGVA"  # who read cases
READERS = "OLSHBNVA"  # who read what citizens wrote
GOVERNING = "LSHBNGVA"
KNOWING = "SBVA"  # who may know a citizen


@dataclass(frozen=True)
class Row:
    """One route with one request. `ok` answers those who may and whose reach holds the thing, `beyond` the others
    who may. `city` are letters that may everywhere in the city only, and are refused with 403 in a part of it.
    `fresh` makes a case for each attempt, since a success changes it; `disputed` asks about one before the panel.
    `leading` is for who speaks for the lead alone: departments lead here, so a street's clerk does not.
    """

    method: str
    path: str
    who: str
    ok: int = 200
    beyond: int = 404
    city: str = ""
    query: str = ""
    body: Body = None
    refused: int = 403
    fresh: bool = False
    disputed: bool = False
    leading: bool = False
    either: tuple[int, ...] = field(default=())

    @property
    def key(self) -> tuple[str, str]:
        """Which route it is."""
        return self.method, self.path


def _check_in() -> dict[str, Any]:
    lon, lat = inside(W)
    moment = a_report()["captured_at"]
    return {"id": str(uuid4()), "unit": W, "lon": lon, "lat": lat, "captured_at": moment}


def _support() -> dict[str, Any]:
    return {"id": str(uuid4()), "lon": _LON + 0.5, "lat": _LAT, "accuracy_m": 5}


def _act(name: str, who: str, ok: int = 409, *, fresh: bool = False, **said: Any) -> Row:
    return Row("POST", "/api/v1/cases/{case_no}/actions", who, ok, body={"act": name} | said, fresh=fresh)


_RULING = {
    "dispute": "{dispute}", "form": "written_instruction", "members": ["Deputy mayor"], "lead": "order",
    "grounds": "It lies before a stall.", "scope": {"area": {"kind": "radius", "radius_m": 5}},
}  # fmt: skip
_ROW = {"matter": "litter", "place": {"kind": "cell", "cell": "nowhere"}, "lead": "roads"}
_LON, _LAT = inside(W)
_SQUARE = {"type": "Polygon", "coordinates": [[[120, 30], [120.001, 30], [120.001, 30.001], [120, 30]]]}
_FEATURE = {
    "type": "Feature", "geometry": _SQUARE, "properties": {"code": "x", "name": "X", "department": "nobody"},
}  # fmt: skip

ROWS = [
    # Open to all.
    *(Row("GET", path, ALL) for path in ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc", "/healthz",
                                         "/readyz", "/metrics", "/api/v1/config", "/api/v1/cells", "/api/v1/redraws",
                                         "/tiles/cells.json")),
    Row("GET", "/api/v1/cells/{code}", ALL),
    Row("GET", "/api/v1/locate", ALL, query=f"lon={_LON}&lat={_LAT}"),
    Row("POST", "/api/v1/locate", ALL, body={"lon": [_LON], "lat": [_LAT]}),
    Row("GET", "/tiles/cells/{revision}/{z}/{x}/{y}.mvt", ALL),
    *(Row("GET", page, ALL, either=(503,)) for page in ("/", "/report", "/plan", "/desk")),
    Row("GET", "/c/{code}", ALL, 307),
    Row("MOUNT", "", ALL, 404),
    # Who am I.
    Row("POST", "/api/v1/session", ALL, 401, body={"login": "nobody", "password": "wrong-password"}),
    Row("GET", "/api/v1/session", ALL[1:]),
    Row("DELETE", "/api/v1/session", ALL, 204),
    # Reports: anybody tells; what became of it is told to the sender alone, who is the public here.
    Row("POST", "/api/v1/reports", ALL, 201, body=a_report),
    Row("POST", "/api/v1/reports/batch", ALL, body=lambda: {"reports": [a_report()]}),
    Row("POST", "/api/v1/reports/batch", "", city="A", query="history=true", body={"reports": []}, refused=403),
    Row("GET", "/api/v1/reports/{report_id}", "P", beyond=200, refused=404),
    Row("PUT", "/api/v1/photos/{sha256}", ALL, 422, beyond=422),
    Row("GET", "/api/v1/photos/{sha256}", READERS),
    # The one port: suggestions and support are for all, and name nobody; the outbox is the administrator's.
    Row("GET", "/api/v1/duplicates", ALL, query=f"lon={_LON}&lat={_LAT}&category=stall"),
    Row("POST", "/api/v1/duplicates", ALL, body={"lon": _LON, "lat": _LAT, "text": "A bag of litter."}),
    Row("POST", "/api/v1/duplicates/{case_no}/support", ALL, 404, body=_support),
    Row("GET", "/api/v1/cases/{case_no}/duplicates", "SBA"),
    Row("GET", "/api/v1/cases/{case_no}/also-said", READERS),
    Row("GET", "/api/v1/duplicate-rules", "", city="A"),
    Row("PUT", "/api/v1/duplicate-rules/{matter}", "", 422, city="A", body={"within_seconds": 60, "floor_m": 5}),
    Row("GET", "/api/v1/status/{token}", ALL, 404),
    Row("GET", "/status/{token}", ALL, 404),
    Row("POST", "/api/v1/status/{token}/answer", ALL, 404,
        body={"verdict": "satisfied", "outcome": "fixed", "score": 5}),
    Row("POST", "/status/{token}/answer", ALL, 422),
    Row("POST", "/api/v1/status/{token}/confirm", ALL, 404),
    Row("POST", "/status/{token}/confirm", ALL, 404),
    Row("GET", "/api/v1/outbox", "", city="A"),
    Row("GET", "/api/v1/outbox/dead", "", city="A"),
    Row("POST", "/api/v1/outbox/retry", "", city="A"),
    Row("POST", "/api/v1/outbox/{message}/retry", "", 404, city="A"),
    Row("GET", "/api/v1/webhooks", "", city="A"),
    Row("POST", "/api/v1/webhooks", "", 422, city="A", body={"code": "x", "url": "http://127.0.0.1/"}),
    Row("POST", "/api/v1/webhooks/{code}/end", "", 404, city="A"),
    # Cases.
    Row("GET", "/api/v1/cases", WORKERS),
    Row("GET", "/api/v1/cases", WORKERS, query="q=hiddenword"),
    Row("GET", "/api/v1/cases", WORKERS, query="q=1381111"),
    Row("GET", "/api/v1/cases", WORKERS, query="limit=500&unit=330199002"),
    Row("GET", "/api/v1/cases", WORKERS, query="{numbers}"),
    Row("GET", "/api/v1/cases/totals", WORKERS),
    Row("GET", "/api/v1/cases/{case_no}", WORKERS),
    Row("GET", "/api/v1/cases/{case_no}/explanation", WORKERS),
    Row("GET", "/api/v1/cases/{case_no}/acts", WORKERS),
    Row("POST", "/api/v1/cases/{case_no}/looks", KNOWING, 201, body={"purpose": "to call back"}),
    Row("GET", "/api/v1/looks", "VA"),
    # Acts, on a case that was handed over: what its state does not know is 409, behind permission and reach.
    _act("sort", "LSBA", category="litter"),
    _act("accept", "LSBA"),
    _act("dispatch", "SBA"),
    _act("return", "HA", 200, fresh=True, reason="not ours", basis="duty list"),
    _act("dispute", "SBA", 200, fresh=True, note="nobody can say"),
    _act("refer", "SBA", nature="market", provider="nobody"),
    _act("contact", "SBA"),
    _act("recall", "SBA", note="ours"),
    _act("order_interim", "BNA", note="fence it"),
    _act("note_cost", "SBNA", cost="1.50"),
    Row("POST", "/api/v1/cases/{case_no}/actions", "SHA", 409, body={"act": "contact_citizen"}, disputed=True),
    _act("call_back", "SBA", verdict="satisfied", outcome="fixed"),
    _act("evaluate", "SBA"),
    _act("settle_call_back", "BVA", outcome="stays_closed", reason="nothing more can be done"),
    _act("supervise", "BVA", 200, fresh=True, note="What becomes of it?"),
    _act("void", "SBA", reason="nothing there"),
    _act("ask_check", "LSBA", note="look"),
    _act("verify_report", "OLSBA", is_true=True, note="seen"),
    _act("handle_own", "OLSA"),
    _act("solve_own", "OLSA", how="swept", photos_after=["a" * 64]),
    _act("hand_over", "OLSA", reason="too big"),
    _act("order_down", "LSBA", reason="yours"),
    _act("submit", "SHA", photos_after=["a" * 64]),
    _act("verify_result", "OLSBA", passed=True),
    _act("appeal", "SHA", phase="ask", reason="rain"),
    _act("appeal", "BVA", phase="approve", reason="rain"),
    _act("resume", "BVA", reason="dry"),
    _act("reopen", "SBVA", reason="again"),
    _act("split", "SBA", reason="two"),
    Row("POST", "/api/v1/cases/{case_no}/actions", "SHA", body={"act": "ask_help", "note": "It needs a crane"},
        fresh=True, leading=True),
    # The map, the feed, the day.
    Row("GET", "/tiles/cases/{revision}/{z}/{x}/{y}.mvt", WORKERS),
    Row("GET", "/tiles/cases/{revision}/{z}/{x}/{y}.mvt", WORKERS, query="v=2"),
    Row("GET", "/tiles/cases.json", WORKERS),
    Row("GET", "/api/v1/events/cursor", WORKERS),
    Row("GET", "/api/v1/events", WORKERS, query="{from_the_beginning}"),
    Row("GET", "/api/v1/silence", WORKERS),
    Row("GET", "/api/v1/hotspots", WORKERS),
    Row("POST", "/api/v1/checkins", "OLA", body=_check_in),
    # Governance.
    Row("GET", "/api/v1/disputes", GOVERNING),
    Row("GET", "/api/v1/disputes", GOVERNING, query="q=hiddenword"),
    Row("GET", "/api/v1/disputes/alarms", GOVERNING),
    Row("GET", "/api/v1/disputes/{dispute}", GOVERNING, disputed=True),
    Row("GET", "/api/v1/briefs", GOVERNING),
    # A brief is seen by those who see a dispute of it; the handler's department holds none of them.
    Row("GET", "/api/v1/briefs/{number}", GOVERNING, either=(404,)),
    Row("GET", "/api/v1/briefs/{number}", GOVERNING, query="format=html", either=(404,)),
    Row("POST", "/api/v1/rulings", "NA", 201, body=_RULING, fresh=True, disputed=True),
    Row("GET", "/api/v1/rulings", GOVERNING),
    Row("GET", "/api/v1/precedents", GOVERNING),
    Row("GET", "/api/v1/precedents/{number}", GOVERNING),
    Row("GET", "/api/v1/supervision/orders", GOVERNING),
    Row("GET", "/api/v1/supervision/orders/{order}", GOVERNING, 404),
    Row("POST", "/api/v1/supervision/orders/{order}/replies", "LSHBA", 404, body={"text": "on Friday"}),
    Row("GET", "/api/v1/supervision/board", GOVERNING),
    Row("GET", "/api/v1/supervision/rules", GOVERNING),
    Row("PUT", "/api/v1/supervision/rules/colours/{unit}", "", 404, city="A",
        body={"used_share": 0.5, "units_left": 1}),
    Row("PUT", "/api/v1/supervision/rules/ladders/{source}", "", 404, city="A", body={"rungs": []}),
    Row("GET", "/api/v1/duty-roster", GOVERNING),
    Row("PUT", "/api/v1/duty-roster", "", city="A", body={"days": [{"day": "2026-06-08", "officers": ["operator"]}]}),
    Row("GET", "/api/v1/matters", ALL),
    Row("GET", "/api/v1/calendar", ALL),
    Row("PUT", "/api/v1/calendar", "", 200, city="A", body={"days": [{"day": "2026-10-01", "kind": "holiday"}]}),
    Row("GET", "/api/v1/matters/{code}", ALL, query="", ok=404),
    Row("GET", "/api/v1/departments", WORKERS),
    Row("GET", "/api/v1/platforms", WORKERS),
    Row("GET", "/api/v1/bodies", WORKERS),
    Row("GET", "/api/v1/providers", WORKERS),
    Row("GET", "/api/v1/jurisdictions", WORKERS),
    Row("GET", "/api/v1/jurisdictions/{code}", WORKERS, 404),
    Row("GET", "/api/v1/responsibilities", GOVERNING),
    Row("GET", "/api/v1/responsibilities/{row_id:int}", GOVERNING),
    Row("GET", "/api/v1/responsibilities/resolve", WORKERS, query=f"lon={_LON}&lat={_LAT}&matter=litter"),
    Row("GET", "/api/v1/responsibilities/gaps", GOVERNING),
    Row("GET", "/api/v1/responsibilities/gaps/totals", GOVERNING),
    Row("GET", "/api/v1/responsibilities/gaps/map", GOVERNING),
    Row("POST", "/api/v1/responsibilities", "SHBGA", 422, body=_ROW),
    Row("POST", "/api/v1/responsibilities", "A", 422, body=_ROW | {"adopt": True}),
    Row("POST", "/api/v1/responsibilities/{row_id:int}/answers", "SHBA", 409,
        body={"unit": "@district", "answer": "agree"}, either=(403,)),
    Row("POST", "/api/v1/responsibilities/{row_id:int}/settle", "NA", 409,
        body={"decision": "withdraw", "grounds": "none"}),
    Row("POST", "/api/v1/responsibilities/{row_id:int}/end", "A", 422, body={"until": "2020-01-01T00:00:00Z"}),
    Row("POST", "/api/v1/jurisdictions", "", 422, city="A", body=_FEATURE),
    Row("POST", "/api/v1/jurisdictions/{code}/end", "", 404, city="A", body={}),
    Row("POST", "/api/v1/departments", "", 409, city="A", body={"code": "roads", "name": "Roads again"}),
    Row("POST", "/api/v1/departments/{code}/end", "", 404, city="A", body={}),
    Row("POST", "/api/v1/bodies", "", 422, city="A", body={"cell": "nowhere", "name": "Nobody"}),
    Row("POST", "/api/v1/providers", "", 422, city="A", body={"code": "x"}),
    Row("POST", "/api/v1/providers/{code}/end", "", 404, city="A", body={}),
    Row("POST", "/api/v1/sorting", "LSBA", body={"text": "a bag of litter"}),
    Row("GET", "/api/v1/sorting/model", GOVERNING, 404),
    # Too few closed cases to learn from, unless the acts above closed enough of them.
    Row("POST", "/api/v1/sorting/model", "", 409, city="BA", body={}, either=(201,)),
    Row("GET", "/api/v1/sorting/overrides", GOVERNING),
    Row("GET", "/api/v1/sorting/overrides/counts", GOVERNING),
    # Meetings, whistles, and what is over; none of the first two is open in the town, whoever asks.
    Row("GET", "/api/v1/conferences", GOVERNING),
    Row("GET", "/api/v1/conferences/due", GOVERNING),
    Row("GET", "/api/v1/conferences/boards", GOVERNING),
    Row("PUT", "/api/v1/conferences/boards/{board}", "", 200, city="A", body={"ordinal": 1, "name": "Water"}),
    Row("PUT", "/api/v1/conferences/triggers/{trigger}", "", 404, city="A", body={"opens_itself": False}),
    Row("POST", "/api/v1/conferences", "BNA", 404, body={"case_no": "none", "trigger": "manual", "reason": "stuck"}),
    Row("GET", "/api/v1/conferences/cases/{case_no}", "BNA"),
    Row("GET", "/api/v1/conferences/{conference}", GOVERNING, 404),
    Row("POST", "/api/v1/conferences/{conference}/members", "BNA", 404, body={"members": [{"unit": "roads"}]}),
    Row("POST", "/api/v1/conferences/{conference}/minutes", "BNA", 404, body={"text": "said"}),
    Row("POST", "/api/v1/conferences/{conference}/decision", "BNA", 404, body={"lead": "roads", "grounds": "so"}),
    Row("POST", "/api/v1/conferences/{conference}/end", "BNA", 404, body={"reason": "settled"}),
    Row("POST", "/api/v1/conferences/{conference}/actions", "BNA", 404,
        body={"owner": "roads", "what": "fence", "due_at": "2100-01-01T00:00:00Z"}),
    Row("POST", "/api/v1/conferences/{conference}/actions/{ordinal}", "SHBNA", 404, body={"state": "done"}),
    Row("GET", "/api/v1/whistles", WORKERS),
    Row("GET", "/api/v1/whistles/types", WORKERS),
    Row("PUT", "/api/v1/whistles/types/{code}", "", 422, city="A", body={"ordinal": 0}),
    Row("POST", "/api/v1/whistles", "SA", 422, body={"type": "none", "units": ["roads"], "what": "come",
                                                    "lon": _LON, "lat": _LAT}),
    Row("GET", "/api/v1/whistles/{whistle}", WORKERS, 404),
    Row("POST", "/api/v1/whistles/{whistle}/report-ins", "OHA", 404,
        body={"unit": "roads", "lon": _LON, "lat": _LAT, "accuracy_m": 5, "captured_at": "2026-01-01T00:00:00Z"}),
    Row("POST", "/api/v1/whistles/{whistle}/result", "SA", 404, body={"outcome": "solved", "result": "done"}),
    Row("POST", "/api/v1/whistles/{whistle}/withdrawal", "SA", 404, body={"reason": "solved"}),
    Row("POST", "/api/v1/whistles/{whistle}/scores", "OSHA", 404, body={"by": "roads", "about": "@1", "score": 5}),
    Row("GET", "/api/v1/library", READERS),
    Row("GET", "/api/v1/library", READERS, query="q=hiddenword"),
    # Figures, and what was said of a result.
    Row("GET", "/api/v1/scores", "LSHBNVA"),
    Row("GET", "/api/v1/scores", "LSHBNVA", query="by=department&format=html"),
    Row("GET", "/api/v1/scores/fragmentation", "LSHBNVA"),
    Row("GET", "/api/v1/scores/fragmentation/cases", "LSHBNVA", query="unit=roads"),
    Row("GET", "/api/v1/scores/excluded", "LSHBNVA"),
    Row("GET", "/api/v1/scores/{indicator}/cases", "LSHBNVA"),
    Row("GET", "/api/v1/weights", "LSHBNVA"),
    Row("PUT", "/api/v1/weights", "", 200, city="A", body={}),
    Row("GET", "/api/v1/call-backs", "BVA"),
    Row("GET", "/api/v1/call-backs/due", "SBA"),
    Row("GET", "/api/v1/cases/{case_no}/evaluations", WORKERS),
    # Which side is whose is told behind this: the case is not closed.
    Row("POST", "/api/v1/cases/{case_no}/evaluations", "OLSHBA", 409, body={"subject": "department", "score": 3}),
    Row("POST", "/api/v1/cases/{case_no}/call-backs/{ordinal}/mark", "BVA", 404,
        body={"is_unreasonable": True, "reason": "he wants the lane for himself"}),
    Row("POST", "/api/v1/cases/{case_no}/call-backs/settle", "BVA", 409,
        body={"outcome": "stays_closed", "reason": "nothing more can be done"}),
    # People.
    Row("GET", "/api/v1/accounts", "", city="A"),
    Row("POST", "/api/v1/accounts", "", 409, city="A",
        body={"login": "officer", "name": "Again", "password": "long-enough-1", "role": "planner"}),
    Row("GET", "/api/v1/accounts/{login}/postings", "", city="A"),
    Row("POST", "/api/v1/accounts/{login}/postings", "", 422, city="A",
        body={"role": "street_clerk", "cell": "nowhere"}),
    Row("POST", "/api/v1/accounts/{login}/postings/{posting}/end", "", 404, city="A", body={}),
    Row("POST", "/api/v1/accounts/{login}/disable", "", 409, city="A"),
]  # fmt: skip
# Things that lie in a place: an attempt each inside, beside (one's territory, another department) and outside.
PLACED = ("{case_no}", "{dispute}", "{report_id}", "{sha256}")
FIXED = {
    "{indicator}": "closing",
    "{token}": "no-such-token", "{matter}": "no-such-matter", "{message}": "999999",
    "{order}": "999999", "{unit}": "none", "{source}": "none",
    "{code}": W, "{revision}": "1", "{z}": "14", "{login}": "citizen", "{posting}": "999999", "{row_id:int}": "1",
    "{conference}": "999999", "{whistle}": "999999", "{board}": "water", "{trigger}": "none", "{ordinal}": "1",
}  # fmt: skip
