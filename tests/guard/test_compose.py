"""What the compose file and the image name must exist: paths, ports, variables, commands."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.main import app
from spatial.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
OF_COMPOSE_ITSELF = {"GRIDMAPS_DB_PASSWORD", "GRIDMAPS_UP_OPTIONS"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def dockerfile() -> list[list[str]]:
    """Each instruction with its words."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def settings_variables() -> set[str]:
    return {f"GRIDMAPS_{name.upper()}" for name in Settings.model_fields}


def test_every_variable_of_the_application_is_a_setting(compose: dict[str, Any]) -> None:
    assert set(compose["services"]["app"]["environment"]) <= settings_variables()


def test_every_variable_of_the_image_is_a_setting(dockerfile: list[list[str]]) -> None:
    named = {word.partition("=")[0] for line in dockerfile if line[0] == "ENV" for word in line[1:]}
    assert named
    assert named <= settings_variables()


def test_every_substituted_variable_is_explained(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == OF_COMPOSE_ITSELF


def test_ports_agree(compose: dict[str, Any], dockerfile: list[list[str]]) -> None:
    service = compose["services"]["app"]
    exposed = [line[1] for line in dockerfile if line[0] == "EXPOSE"]
    inside = [str(mapping).rpartition(":")[2] for mapping in service["ports"]]
    assert (
        exposed == inside == [service["environment"]["GRIDMAPS_PORT"]] == [str(Settings.model_fields["port"].default)]
    )
    assert f"127.0.0.1:{exposed[0]}/" in service["healthcheck"]["test"][-1]


def test_the_health_checks_ask_a_path_that_is_served(compose: dict[str, Any], dockerfile: list[list[str]]) -> None:
    image = " ".join(next(line for line in dockerfile if line[0] == "HEALTHCHECK"))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "api" / "routes").glob("*.py"))
    for asked in (image, compose["services"]["app"]["healthcheck"]["test"][-1]):
        found = re.search(r"8000(/\w+)", asked)
        assert found is not None
        assert f'"{found[1]}"' in source


def test_the_application_waits_for_a_healthy_database(compose: dict[str, Any]) -> None:
    assert compose["services"]["app"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert "pg_isready" in compose["services"]["db"]["healthcheck"]["test"]


def test_the_address_of_the_database_is_the_one_that_is_made(compose: dict[str, Any]) -> None:
    made = compose["services"]["db"]["environment"]
    address = compose["services"]["app"]["environment"]["GRIDMAPS_DATABASE_URL"]
    expected = f"postgresql://{made['POSTGRES_USER']}:{made['POSTGRES_PASSWORD']}@db:5432/{made['POSTGRES_DB']}"
    assert address == expected


def test_every_volume_is_declared_and_used(compose: dict[str, Any]) -> None:
    used = {mount.partition(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_every_path_that_is_copied_exists_and_is_sent(dockerfile: list[list[str]]) -> None:
    copied = [word for line in dockerfile if line[0] == "COPY" and not line[1].startswith("--") for word in line[1:-1]]
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), f"{path} is copied into the image and is not in the repository"
        assert path.split("/")[0] in sent, f"{path} is copied into the image and .dockerignore holds it back"


def test_the_command_understands_its_options(compose: dict[str, Any]) -> None:
    command = re.sub(r"\$\{\w+-([^}]*)\}", r"\1", compose["services"]["app"]["command"])
    program, name, *options = shlex.split(command)
    assert program == "gridmaps"
    told = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
    assert all(option in told for option in options)


def test_the_image_does_not_run_as_root(dockerfile: list[list[str]]) -> None:
    assert [line[1] for line in dockerfile if line[0] == "USER"] == ["gridmaps"]


def test_the_build_is_of_this_directory(compose: dict[str, Any]) -> None:
    assert (ROOT / compose["services"]["app"]["build"] / "Dockerfile").is_file()
