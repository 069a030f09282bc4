"""The one port over HTTP: suggestions, support, the status page, the outbox and webhooks."""

import hashlib
import io
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from spatial.cases.port import tell_citizen
from spatial.cases.port.telling import KINDS
from spatial.settings import Settings
from spatial.store.opening import Store
from tests.api.conftest import LogIn, a_report
from tests.worlds import PASSWORD, W, inside

LON, LAT = inside(W)


def _report(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/reports", json=a_report(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def test_what_stands_already_is_suggested_and_tells_of_nobody(client: TestClient) -> None:
    said = _report(client, text="Secretword, call 13811112222", reporter={"phone": "13811112222"})
    answer = client.get(
        "/api/v1/duplicates", params={"lon": LON + 2e-4, "lat": LAT, "category": "litter", "accuracy_m": 5}
    )
    [item] = answer.json()["items"]
    assert set(item) == {
        "case_no", "category", "distance_m", "age_seconds", "supporters", "unnamed_supporters", "step", "state", "by",
    }  # fmt: skip
    assert (item["case_no"], item["distance_m"], item["supporters"]) == (said["case_no"], 20, 0)
    assert (item["by"], answer.json()["category"]) == ("class", "litter")
    assert "Secretword" not in answer.text and "1381111" not in answer.text
    for other in ({"category": "pothole"}, {"lon": LON + 2e-3}):
        asked = {"lon": LON, "lat": LAT, "category": "litter", "accuracy_m": 5} | other
        assert client.get("/api/v1/duplicates", params=asked).json()["items"] == []
    assert client.get("/api/v1/duplicates", params={"lon": LON, "lat": LAT, "category": "nothing"}).status_code == 422


def test_support_joins_instead_of_opening_and_is_answered(client: TestClient) -> None:
    number = _report(client)["case_no"]
    body = {"id": str(uuid4()), "lon": LON, "lat": LAT, "accuracy_m": 5, "reporter": {"email": "wang@home.example"}}
    answers = [client.post(f"/api/v1/duplicates/{number}/support", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert [answer.json()["unnamed_supporters"] for answer in answers] == [1, 1]
    status = client.get(f"/api/v1{answers[0].json()['status_url']}").json()
    assert (status["case_no"], status["part"], status["supporters"]) == (number, "supporter", 0)
    assert [one["kind"] for one in status["answers"]] == ["received", "joined"]
    page = client.get(answers[0].json()["status_url"]).text
    assert "未实名1人" in page and "1 without a confirmed name" in page and "确认邮箱" not in page
    far = body | {"id": str(uuid4()), "lon": LON + 0.01}
    assert client.post(f"/api/v1/duplicates/{number}/support", json=far).status_code == 404
    assert client.post(f"/api/v1/duplicates/{number}/support", json=body | {"text": "other"}).status_code == 409


def test_an_address_that_no_mail_can_be_written_to_is_refused_by_field(client: TestClient) -> None:
    number = _report(client)["case_no"]
    bad = {"email": "a@b.cn\r\nBcc: x@y.z", "phone": "13811112222"}
    support = {"id": str(uuid4()), "lon": LON, "lat": LAT, "accuracy_m": 5, "reporter": bad}
    for answer in (
        client.post("/api/v1/reports", json=a_report(reporter=bad)),
        client.post(f"/api/v1/duplicates/{number}/support", json=support),
    ):
        assert (answer.status_code, answer.json()["field"]) == (422, "reporter.email")
        assert "give a telephone number" in answer.json()["detail"]


def test_what_others_said_and_show_is_read_by_who_handles_the_case(client: TestClient, log_in: LogIn) -> None:
    number = _report(client, text="A bag at the gate.")["case_no"]
    bytes_ = _picture()
    name = hashlib.sha256(bytes_).hexdigest()
    body: dict[str, Any] = {
        "id": str(uuid4()), "lon": LON, "lat": LAT, "accuracy_m": 5, "text": "Since Monday, call 13811112222.",
        "photos": [{"sha256": name, "kind": "near"}],
    }  # fmt: skip
    path = f"/api/v1/duplicates/{number}/support"
    missing = client.post(path, json=body)
    assert missing.status_code == 422 and missing.json()["field"] == "photos"
    assert client.put(f"/api/v1/photos/{name}", content=bytes_, headers={"content-type": "image/jpeg"}).is_success
    assert [client.post(path, json=body).status_code for _ in range(2)] == [201, 200]
    other = _report(client, lon=LON + 1e-4, text="It stinks.")["case_no"]
    clerk = log_in("clerk")
    merge = {"act": "merge", "into": number, "reason": "the same"}
    assert clerk.post(f"/api/v1/cases/{other}/actions", json=merge).status_code == 200
    page = clerk.get(f"/api/v1/cases/{number}/also-said").json()
    told = [(one["part"], one["case_no"], one["text"], one["photos"], one["is_known"]) for one in page["items"]]
    assert told == [
        ("supporter", number, "Since Monday, call ***.", [name], False), ("reporter", other, "It stinks.", [], False),
    ]  # fmt: skip
    assert clerk.get(f"/api/v1/photos/{name}").status_code == 200
    first = clerk.get(f"/api/v1/cases/{number}/also-said", params={"limit": 1}).json()
    rest = clerk.get(f"/api/v1/cases/{number}/also-said", params={"cursor": first["next"]}).json()
    assert first["items"] + rest["items"] == page["items"] and rest["next"] is None
    assert log_in("clerk2").get(f"/api/v1/cases/{number}/also-said").status_code == 404
    assert log_in("clerk2").get(f"/api/v1/photos/{name}").status_code == 404


def test_without_a_class_words_are_sorted_or_place_and_time_stand_alone(client: TestClient, fresh_db: Store) -> None:
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("INSERT INTO sorting_keyword (matter, keyword, weight) VALUES ('litter', 'rubbish', 5)")
    heap, hole = _report(client, category="litter"), _report(client, category="pothole", lon=LON + 1e-4)
    here = {"lon": LON, "lat": LAT, "accuracy_m": 5}

    def asked(**more: Any) -> dict[str, Any]:
        answer = client.post("/api/v1/duplicates", json=here | more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    sure = asked(text="A bag of rubbish, rubbish!")
    assert (sure["category"], sure["by"]) == ("litter", "sorted")
    assert [(one["case_no"], one["by"]) for one in sure["items"]] == [(heap["case_no"], "sorted")]
    for unsure in (asked(text="Something is wrong here."), client.get("/api/v1/duplicates", params=here).json()):
        assert (unsure["category"], unsure["by"]) == (None, "place")
        assert [(one["case_no"], one["by"]) for one in unsure["items"]] == [
            (heap["case_no"], "place"), (hole["case_no"], "place"),
        ]  # fmt: skip
    assert asked(lon=LON + 0.01)["items"] == []
    # What was suggested can be joined, by whoever named no class.
    support = {"id": str(uuid4()), **here}
    assert client.post(f"/api/v1/duplicates/{hole['case_no']}/support", json=support).status_code == 201


def test_a_link_from_a_mail_confirms_its_address_by_a_button(client: TestClient, fresh_db: Store) -> None:
    number = _report(client, reporter={"phone": "13811112222"})["case_no"]
    body = {"id": str(uuid4()), "lon": LON, "lat": LAT, "accuracy_m": 5, "reporter": {"email": "wang@home.example"}}
    link = client.post(f"/api/v1/duplicates/{number}/support", json=body).json()["status_url"]
    refused = client.post(f"/api/v1{link}/confirm")
    assert refused.status_code == 403 and "not sent by mail" in refused.json()["detail"]
    assert client.post(f"{link}/confirm").status_code == 403
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE status_link SET is_mailed = true")  # as the one in a mail is
    page = client.get(link)
    assert f'action="{link}/confirm"' in page.text and client.get(f"/api/v1{link}").json()["can_confirm"]
    done = client.post(f"{link}/confirm", follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, link)
    assert "确认邮箱" not in client.get(link).text
    assert client.post(f"/api/v1{link}/confirm").json() == {"supporters": 1, "unnamed_supporters": 0}


def test_a_clerk_sees_the_evidence_within_his_reach(client: TestClient, log_in: LogIn) -> None:
    one, two = _report(client), _report(client, lon=LON + 1e-4, text="A bag of litter by the gate.")
    [item] = log_in("clerk").get(f"/api/v1/cases/{one['case_no']}/duplicates").json()["items"]
    assert item["case_no"] == two["case_no"] and 9 < item["distance_m"] < 10 and item["words"] > 0.7
    assert log_in("clerk2").get(f"/api/v1/cases/{one['case_no']}/duplicates").status_code == 404


def test_the_status_page_reads_without_scripts_and_leaks_neither_link_nor_words(
    client: TestClient, fresh_db: Store
) -> None:
    said = _report(client, text="<b>Secretword</b>", reporter={"name": "Li Lei"})
    key = {"district": said["case_no"][:6], "case_no": said["case_no"]}
    with fresh_db.app.begin() as conn:
        from datetime import UTC, datetime

        tell_citizen(conn, key, kind="closed", now=datetime.now(UTC), words="<script>x</script> 13811112222")
    page = client.get(said["status_url"])
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert said["case_no"] in page.text and "您的事项已办结。" in page.text and "&lt;script&gt;" in page.text
    assert not [word for word in ("<script", "Secretword", "Li Lei", "1381111", "http") if word in page.text]
    assert page.headers["referrer-policy"] == "no-referrer" and page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"] and "script" not in page.headers["content-security-policy"]
    wrong = client.get(said["status_url"][:-1] + ("A" if said["status_url"][-1] != "A" else "B"))
    assert wrong.status_code == 404 and said["case_no"] not in wrong.text


def test_every_kind_of_answer_has_its_words_in_both_languages() -> None:
    from spatial.cases.port.sentences import SAID

    assert set(SAID) == KINDS and all(english and chinese for english, chinese in SAID.values())


def test_an_administrator_keeps_the_outbox_and_sees_no_address(
    client: TestClient, log_in: LogIn, fresh_db: Store
) -> None:
    number = _report(client, reporter={"email": "li@home.example"})["case_no"]
    asking = log_in("administrator")
    page = asking.get("/api/v1/outbox").json()
    assert page["waiting"] == 1 and page["items"][0]["case_no"] == number and "li@home" not in str(page)
    assert asking.get("/api/v1/outbox/dead").json()["items"] == []
    assert asking.post("/api/v1/outbox/999/retry").status_code == 404
    assert asking.post("/api/v1/outbox/retry").json() == {"messages": 0}
    with fresh_db.app.begin() as conn:
        conn.exec_driver_sql("UPDATE outbox SET state = 'dead', settled_at = now(), attempts = 9, fault = 'it is gone'")
    [dead] = asking.get("/api/v1/outbox/dead").json()["items"]
    assert dead["fault"] == "it is gone"
    assert asking.post("/api/v1/outbox/retry").json() == {"messages": 1}
    [again] = asking.get("/api/v1/outbox", params={"state": "waiting"}).json()["items"]
    assert (again["message"], again["attempts"]) == (dead["message"], 0)
    operator = log_in("operator")
    assert operator.get("/api/v1/outbox").status_code == operator.post("/api/v1/outbox/retry").status_code == 403


def test_a_webhook_is_public_and_its_secret_told_once(client: TestClient, log_in: LogIn) -> None:
    asking = log_in("administrator")
    refused = asking.post("/api/v1/webhooks", json={"code": "inner", "url": "https://169.254.169.254/latest"})
    assert refused.status_code == 422 and refused.json()["field"] == "url"
    made = asking.post("/api/v1/webhooks", json={"code": "hotline", "url": "https://1.1.1.1/hook"})
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    assert "secret" not in asking.get("/api/v1/webhooks").json()["items"][0]
    assert asking.post("/api/v1/webhooks/hotline/end").status_code == 204
    assert asking.post("/api/v1/webhooks/hotline/end").status_code == 404


def test_a_class_is_given_bounds_of_its_own(client: TestClient, log_in: LogIn) -> None:
    asking = log_in("administrator")
    put = asking.put("/api/v1/duplicate-rules/litter", json={"within_seconds": 3600, "floor_m": 10})
    assert put.json() == {"matter": "litter", "within_seconds": 3600, "floor_m": 10.0, "least_fit": 0.05}
    items = asking.get("/api/v1/duplicate-rules").json()["items"]
    assert [item["matter"] for item in items] == [None, "litter"] and items[0]["within_seconds"] == 86400


CITIZENS = {"public", "visit", "police110", "deputy", "party", "hotline"}


def test_every_source_comes_in_by_the_one_intake_and_a_handler_learns_no_contact(
    client: TestClient, log_in: LogIn
) -> None:
    sources = {one["code"]: one["is_citizen"] for one in client.get("/api/v1/config").json()["sources"]}
    assert {code for code, is_citizen in sources.items() if is_citizen} == CITIZENS
    assert set(sources) == CITIZENS | {"grid", "video", "superior"}
    # Each another citizen: one who said it again would keep his first number.
    who = {code: {"name": "Li Lei", "phone": f"1381111{n:04}"} for n, code in enumerate(sources)}
    clerk, numbers = log_in("clerk"), {}
    for source, is_citizen in sources.items():
        body = a_report(source=source, category="pothole", text="A hole.", reporter=who[source])
        said = clerk.post("/api/v1/reports", json=body)
        assert said.status_code == 201, said.text
        assert (said.json()["status_url"] is not None) == is_citizen  # for the clerk to hand on
        numbers[source] = number = said.json()["case_no"]
        for act in ({"act": "accept"}, {"act": "dispatch"}):
            assert clerk.post(f"/api/v1/cases/{number}/actions", json=act).status_code == 200
    looked = clerk.post(f"/api/v1/cases/{numbers['hotline']}/looks", json={"purpose": "call-back"})
    assert looked.json()["reporter"] == who["hotline"]
    handler = log_in("handler")
    for source, number in numbers.items():
        seen = handler.get(f"/api/v1/cases/{number}")
        assert seen.status_code == 200 and seen.json()["source"] == source
        assert not [word for word in ("Li Lei", "1381111") if word in seen.text]
        assert handler.post(f"/api/v1/cases/{number}/looks", json={"purpose": "to ring him"}).status_code == 403


def test_a_citizens_account_files_nothing_but_its_own(client: TestClient, log_in: LogIn) -> None:
    citizen = log_in("citizen")
    assert citizen.post("/api/v1/reports", json=a_report(source="public")).status_code == 201
    for source in ("grid", "superior", "hotline"):
        refused = citizen.post("/api/v1/reports", json=a_report(source=source))
        assert refused.status_code == 403 and refused.json()["field"] == "source"


def test_the_page_and_the_answer_as_json_say_the_same_sentences(client: TestClient, log_in: LogIn) -> None:
    said = _report(client)
    for act in ({"act": "accept"}, {"act": "dispatch"}):
        assert log_in("operator").post(f"/api/v1/cases/{said['case_no']}/actions", json=act).status_code == 200
    told = client.get(f"/api/v1{said['status_url']}").json()["answers"]
    assert [one["kind"] for one in told] == ["received", "accepted", "handed_over"]
    page = client.get(said["status_url"]).text
    assert all(one["says"][language] in page for one in told for language in ("en", "zh"))
    assert told[2]["facts"]["unit_zh"] in told[2]["says"]["zh"]


def test_without_a_log_in_an_address_waits_behind_its_hours_worth(fresh_db: Store) -> None:
    with TestClient(create_app(Settings(public_limit=2, unnamed_limit=1), fresh_db)) as client:
        number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
        body = _support()
        path = f"/api/v1/duplicates/{number}/support"
        assert client.post(path, json=body).status_code == 201
        late = client.post("/api/v1/reports", json=a_report())
        assert (late.status_code, late.json()["code"], late.json()["title"]) == (429, "too_many", "Too many")
        assert int(late.headers["retry-after"]) == late.json()["retry_after_s"] > 1700
        assert client.post("/api/v1/reports/batch", json={"reports": [a_report()]}).status_code == 429
        answer = client.post("/api/v1/session", json={"login": "citizen", "password": PASSWORD})
        assert answer.status_code == 200
        assert client.post("/api/v1/reports", json=a_report()).status_code == 201
        assert client.post(path, json=_support()).status_code == 201  # by his account he is certain


def test_a_case_that_many_joined_without_a_name_says_when_to_come_back(fresh_db: Store) -> None:
    with TestClient(create_app(Settings(unnamed_limit=1), fresh_db)) as client:
        number = client.post("/api/v1/reports", json=a_report()).json()["case_no"]
        path = f"/api/v1/duplicates/{number}/support"
        said = [client.post(path, json=_support()) for _ in range(2)]
        assert [one.status_code for one in said] == [201, 429]
        assert "joined case" in said[1].json()["detail"] and int(said[1].headers["retry-after"]) > 3500


def _support() -> dict[str, Any]:
    lon, lat = inside(W)
    return {"id": str(uuid4()), "lon": lon, "lat": lat, "accuracy_m": 10}
