"""What the pages' source promises to the rest of the house."""

import json
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "gridmaps" / "web"
ROOT = WEB.parents[1]


def test_the_live_feed_listens_to_every_kind_of_event_that_is_written() -> None:
    written = set()
    for file in (*ROOT.glob("spatial/**/*.py"), *ROOT.glob("api/**/*.py")):
        written |= set(re.findall(r'"((?:case|grid|check_in)\.[a-z_]+)"', file.read_text(encoding="utf-8")))
    heard = set(re.findall(r'"((?:case|grid|check_in)\.[a-z_]+)"', (WEB / "src/live.ts").read_text(encoding="utf-8")))
    assert written
    assert written <= heard


def test_the_lock_file_names_exact_versions_and_no_place() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    for version in (wanted["dependencies"] | wanted["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_no_page_has_a_script_or_a_style_of_its_own() -> None:
    for page in WEB.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)
        assert "<style" not in text
        assert "http" not in text
