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
    typer.echo("threshold   model answers   rightly   keywords answer   rightly")
    for ours, rules in zip(found["model"]["abstention"], found["keywords"]["abstention"], strict=True):
        typer.echo(f"{ours['threshold']:<9} {_step(ours)}   {_step(rules)}")


def _sentence(found: dict[str, Any]) -> str:
    model, rules = found["model"], found["keywords"]
    return (
        f"on the newest {found['tested_on']} cases the model is right in {model['accuracy']:.1%} "
        f"(macro-F1 {model['macro_f1']:.2f}), keywords in {rules['accuracy']:.1%} ({rules['macro_f1']:.2f})"
    )


def _step(step: dict[str, Any]) -> str:
    right = "-" if step["accuracy"] is None else f"{step['accuracy']:.1%}"
    return f"{step['share']:>13.1%} {right:>9}"
