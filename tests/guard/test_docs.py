"""The documents, checked against the code: settings, commands, links, dependencies."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from spatial.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = tuple(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", *DOCS)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_with_its_meaning() -> None:
    listed = dict(re.findall(r"^\| `(GRIDMAPS_\w+)` \| (.+) \|$", _text("README.md"), re.MULTILINE))
    assert listed == {f"GRIDMAPS_{name.upper()}": f.description for name, f in Settings.model_fields.items()}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", _text(page)):
        assert target.startswith("http") or (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_every_command_of_the_pages_exists_with_its_options() -> None:
    from api.cli.main import app

    program = get_command(app)
    text = "".join(map(_text, ("README.md", *DOCS)))
    lines = re.findall(r"^gridmaps (.+?)(?:\s+#.*)?$", text.replace("\\\n", ""), re.MULTILINE)
    assert len(lines) > 8
    for line in lines:
        command, words = program, line.split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
        known = {option for param in command.params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
        assert not hasattr(command, "commands"), line


def test_every_command_has_help_with_an_example() -> None:
    from api.cli.main import app

    def leaves(command: object, name: str) -> list[tuple[str, object]]:
        inner = getattr(command, "commands", None)
        return (
            [leaf for key, sub in inner.items() for leaf in leaves(sub, f"{name} {key}")]
            if inner
            else [(name, command)]
        )

    found = leaves(get_command(app), "gridmaps")
    assert len(found) > 10
    for name, command in found:
        told = f"{getattr(command, 'help', '')} {getattr(command, 'epilog', '')}"
        assert "Example: gridmaps" in told, f"{name} has no example"


def test_every_dependency_has_its_line_in_the_architecture() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(p for group in project["optional-dependencies"].values() for p in group)]
    names = {re.split(r"[<>=\[;~! ]", one)[0] for one in wanted} - {"gridmaps"}
    page = _text("ARCHITECTURE.md")
    table = page[page.index("## Dependencies") :]
    assert not {name for name in names if not re.search(rf"(^|[\s|]){re.escape(name)}[,\s]", table)}


def test_the_tested_versions_are_locked() -> None:
    lock = _text("requirements.lock").replace("_", "-")
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    for wanted in project["dependencies"]:
        name = re.split(r"[<>=\[;~! ]", wanted)[0]
        assert re.search(rf"(?mi)^{re.escape(name)}==", lock), f"{name} is not locked"
