"""`gridmaps sorting`: training the sorter from the district's own cases, and measuring it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from api.cli.options import AsJson, Directory, settings_for
from spatial.cases.sorting.district_models import measure_sorting, train_sorting
from spatial.store.db import transaction
from spatial.store.opening import open_store

app = typer.Typer(no_args_is_help=True, help="Sorting texts into matters.")
_MADE_UP = "\nThe city is synthetic: its texts are made up, and these figures prove nothing about a real one."
District = Annotated[str, typer.Option(help="A home district's code; default the whole city.", show_default=False)]


@app.command("train", epilog="Example: gridmaps sorting train --district 330102")
def train(district: District = "", directory: Directory = None, as_json: AsJson = False) -> None:
    """Learn from the cases whose matter a person confirmed; the new model sorts from then on."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        card = train_sorting(conn, district=district, now=datetime.now(UTC), actor="system")
    if as_json:
        typer.echo(json.dumps(asdict(card), default=str, ensure_ascii=False))
        return
    learned = f"model {card.id} learned from {card.cases} cases, {card.bytes / 1e6:.1f} MB"
    typer.echo(f"{learned}; {_sentence(card.measures)}")


@app.command("measure", epilog="Example: gridmaps sorting measure --json")
def measure(district: District = "", directory: Directory = None, as_json: AsJson = False) -> None:
    """Learn from the older confirmed cases and measure on the newest fifth, beside the keyword rules; keeps nothing."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        found = measure_sorting(conn, district=district).as_json()
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(_sentence(found))
    typer.echo("            newest cases             wordings never read      keywords")
    typer.echo("threshold   answered   rightly       answered   rightly       answered   rightly")
    unseen = (found["unseen_wordings"] or {}).get("abstention") or [None] * len(found["model"]["abstention"])
    rules = found["keywords"]["abstention"]
    for steps in zip(found["model"]["abstention"], unseen, rules, strict=True):
        typer.echo(f"{steps[0]['threshold']:<9}{'     '.join(map(_step, steps))}")


def _sentence(found: dict[str, Any]) -> str:
    model, rules, unseen = found["model"], found["keywords"], found["unseen_wordings"]
    newest = (
        f"on the newest {found['tested_on']} cases the model is right in {model['accuracy']:.1%} "
        f"(macro-F1 {model['macro_f1']:.2f}), keywords in {rules['accuracy']:.1%} ({rules['macro_f1']:.2f})"
    )
    unlike = f"; on {unseen['texts']} of wordings that it never read, in {unseen['accuracy']:.1%}" if unseen else ""
    return f"{newest}{unlike}{_MADE_UP if found['is_synthetic'] else ''}"


def _step(step: dict[str, Any] | None) -> str:
    if step is None:
        return f"{'-':>11} {'-':>9}"
    right = "-" if step["accuracy"] is None else f"{step['accuracy']:.1%}"
    return f"{step['share']:>11.1%} {right:>9}"
