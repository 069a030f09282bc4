"""Photos: put first, stripped, seen within reach."""

import hashlib
import io

from fastapi.testclient import TestClient
from PIL import Image

from tests.api.conftest import LogIn, a_report

_MAKE, _ORIENTATION, _GPS = 0x010F, 0x0112, 0x8825


def a_photo() -> tuple[str, bytes]:
    """A JPEG, lying on its side, whose EXIF tells the phone and the place."""
    picture = Image.new("RGB", (40, 20), "teal")
    exif = Image.Exif()
    exif[_MAKE] = "Telltale"
    exif[_ORIENTATION] = 6
    exif[_GPS] = {1: "N", 2: (30.0, 14.0, 44.0)}
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=exif)
    return hashlib.sha256(kept.getvalue()).hexdigest(), kept.getvalue()


def test_a_photo_is_kept_upright_without_exif(client: TestClient, log_in: LogIn) -> None:
    name, sent = a_photo()
    assert client.put(f"/api/v1/photos/{name}", content=sent).status_code == 201
    assert client.put(f"/api/v1/photos/{name}", content=sent).status_code == 200
    client.post("/api/v1/reports", json=a_report(photos=[name]))
    answer = log_in("operator").get(f"/api/v1/photos/{name}")
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as kept:
        assert kept.size == (20, 40) and not kept.getexif() and b"Telltale" not in answer.content


def test_a_photo_is_not_shown_to_the_public_nor_without_a_case(client: TestClient, log_in: LogIn) -> None:
    name, sent = a_photo()
    client.put(f"/api/v1/photos/{name}", content=sent)
    assert client.get(f"/api/v1/photos/{name}").status_code == 401
    assert log_in("operator").get(f"/api/v1/photos/{name}").status_code == 404


def test_a_wrong_name_and_a_false_picture_are_refused(client: TestClient) -> None:
    _, sent = a_photo()
    wrong = client.put(f"/api/v1/photos/{'0' * 64}", content=sent)
    assert wrong.status_code == 422 and wrong.json()["field"] == "sha256"
    assert client.put("/api/v1/photos/short", content=sent).json()["field"] == "sha256"
    text = b"not a picture"
    false = client.put(f"/api/v1/photos/{hashlib.sha256(text).hexdigest()}", content=text)
    assert false.status_code == 422 and false.json()["field"] == "body"


def test_a_photo_of_a_report_says_what_it_shows_and_when_and_where_it_was_taken(
    client: TestClient, log_in: LogIn
) -> None:
    name, sent = a_photo()
    client.put(f"/api/v1/photos/{name}", content=sent)
    shown = {"sha256": name, "kind": "far", "taken_at": "2026-05-01T08:00:00+08:00", "lon": 120.0015, "lat": 30.0016}
    body = a_report(photos=[shown])
    number = client.post("/api/v1/reports", json=body).json()["case_no"]
    elsewhere = shown | {"taken_at": "2026-05-01T00:00:00Z"}  # the same moment in another time zone is the same report
    assert client.post("/api/v1/reports", json=body | {"photos": [elsewhere]}).status_code == 200
    for other in ({"kind": "near"}, {"lon": 120.0014}, {"taken_at": None}):
        assert client.post("/api/v1/reports", json=body | {"photos": [shown | other]}).status_code == 409
    told = log_in("operator").get(f"/api/v1/cases/{number}").json()
    assert told["photos"] == [name]
    assert told["report_photos"] == [shown | {"taken_at": "2026-05-01T00:00:00Z"}]
    assert log_in("planner").get(f"/api/v1/cases/{number}").json()["report_photos"] == []  # as the photos themselves


def test_a_look_at_the_place_shows_what_it_found(client: TestClient, log_in: LogIn) -> None:
    name, sent = a_photo()
    client.put(f"/api/v1/photos/{name}", content=sent)
    number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
    log_in("officer")
    said = {"act": "verify_report", "is_true": True, "note": "A bag"}
    shown = {"sha256": name, "kind": "reference", "taken_at": "2026-05-01T00:00:00Z", "lon": 120.0015, "lat": 30.0016}
    actions = f"/api/v1/cases/{number}/actions"
    for wrong in (["0" * 64], [shown | {"kind": "after"}], [shown | {"lat": None}], [{"kind": "near"}]):
        refused = client.post(actions, json=said | {"photos": wrong})
        assert refused.status_code == 422 and "photos" in refused.json()["field"], wrong
    assert client.post(actions, json=said | {"photos": [shown]}).status_code == 200
    [told] = client.get(f"/api/v1/cases/{number}").json()["act_photos"]
    done = {"act": "verify_report", "actor_name": "Olga Officer"}
    assert told | shown | done == told and told["at"] > told["taken_at"]
    assert client.get(f"/api/v1/photos/{name}").status_code == 200
    again = client.post(actions, json=said | {"photos": [name]})  # shown near by where nothing is told
    assert again.status_code == 200
    assert {one["kind"] for one in client.get(f"/api/v1/cases/{number}").json()["act_photos"]} == {"near", "reference"}
    assert client.post(actions, json={"act": "handle_own"}).status_code == 200
    solved = client.post(actions, json={"act": "solve_own", "how": "Swept", "photos_after": [name]})
    assert solved.status_code == 422 and "shows the place before" in solved.json()["detail"]


def test_a_report_names_photos_or_tells_of_them_and_shows_no_result(client: TestClient, log_in: LogIn) -> None:
    name, sent = a_photo()
    client.put(f"/api/v1/photos/{name}", content=sent)
    number = client.post("/api/v1/reports", json=a_report(photos=[name])).json()["case_no"]
    told = log_in("operator").get(f"/api/v1/cases/{number}").json()["report_photos"]
    assert told == [{"sha256": name, "kind": None, "taken_at": None, "lon": None, "lat": None}]
    for wrong in ({"kind": "after"}, {"lon": 120.0}, {"lon": 200.0, "lat": 30.0}, {"taken_at": "1066-10-14T00:00:00Z"}):
        refused = client.post("/api/v1/reports", json=a_report(photos=[{"sha256": name} | wrong]))
        assert refused.status_code == 422 and refused.json()["field"].startswith("photos"), wrong
