"""`gridmaps port`: the outbox by hand, and the webhooks that are told."""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.options import AsJson, Directory, settings_for
from api.deliverer import ways_of
from spatial.cases.port.delivering import Delivered, revive, revive_all
from spatial.cases.port.delivering import deliver as deliver_outbox
from spatial.cases.port.outbox import add_target, count_messages, end_target, list_messages, list_targets
from spatial.errors import Invalid
from spatial.store.db import transaction
from spatial.store.opening import open_store

app = typer.Typer(no_args_is_help=True, help="The one port out: messages to citizens, and webhooks.")
webhook = typer.Typer(no_args_is_help=True, help="Registered webhooks.")
app.add_typer(webhook, name="webhook")
Code = Annotated[str, typer.Argument(help="The webhook's code: small letters, digits, - and _.")]


@app.command(epilog="Example: gridmaps port deliver --every 5")
def deliver(
    every: Annotated[float | None, typer.Option(help="Go on for ever, looking again after so many seconds.")] = None,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Send what is due, once or for ever; a running server does so by itself. Safe beside it and beside others."""
    if every is not None and not 0.1 <= every <= 86_400:
        raise Invalid("every must be from 0.1 to 86400 seconds", field="every")
    settings = settings_for(directory)
    with open_store(settings) as store:
        while True:
            done = deliver_outbox(store.app, clock=_now, ways=ways_of(settings))
            if every is None or not done.is_nothing:
                _say_delivered(done, as_json)
            if every is None:
                return
            time.sleep(every)


def _say_delivered(done: Delivered, as_json: bool) -> None:
    told = f"sent {done.sent}, put off {done.put_off}, given up {done.dead}"
    typer.echo(json.dumps(asdict(done)) if as_json else told)


@app.command(epilog="Example: gridmaps port outbox --json")
def outbox(directory: Directory = None, as_json: AsJson = False) -> None:
    """How many messages wait, were sent, and were given up."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        counts = count_messages(conn)
    since = f", the oldest since {counts.oldest.isoformat()}" if counts.oldest else ""
    told = f"{counts.waiting} wait{since}; {counts.sent} were sent, {counts.dead} given up"
    typer.echo(json.dumps(asdict(counts), default=str) if as_json else told)


@app.command(epilog="Example: gridmaps port dead")
def dead(directory: Directory = None, as_json: AsJson = False) -> None:
    """The messages that were given up, newest first, each with the reason."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        found = list_messages(conn, state="dead", limit=500)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    for one in found:
        typer.echo(f"{one.id}  {one.case_no}  {one.channel}  {one.kind}  {one.attempts} attempts: {one.fault}")


@app.command(epilog="Example: gridmaps port retry 12")
def retry(
    message: Annotated[int | None, typer.Argument(help="The id that `gridmaps port dead` shows.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All of them, as behind an outage of the mail server.")] = False,
    directory: Directory = None,
) -> None:
    """Let a dead message be tried again, under its old id."""
    if (message is None) == (not all_):
        raise Invalid("name one message, or say --all", field="message")
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        if message is None:
            typer.echo(f"{revive_all(conn, now=_now())} messages wait again")
            return
        revive(conn, message=message, now=_now())
    typer.echo(f"message {message} waits again")


@webhook.command("add", epilog="Example: gridmaps port webhook add hotline https://hotline.example/hooks/gridmaps")
def add(
    code: Code, url: Annotated[str, typer.Argument(help="Where it is told, by HTTPS.")], directory: Directory = None
) -> None:
    """Register a webhook and show its secret, this once."""
    settings = settings_for(directory)
    with open_store(settings) as store, transaction(store.app) as conn:
        secret = add_target(
            conn, code=code, url=url, actor="system", now=_now(), private_allowed=settings.webhook_private
        )
    typer.echo(secret)


@webhook.command("list", epilog="Example: gridmaps port webhook list")
def list_(directory: Directory = None, as_json: AsJson = False) -> None:
    """The registered webhooks."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        found = list_targets(conn)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    for one in found:
        typer.echo(f"{one.code}  {one.url}{'  ended' if one.ended_at else ''}")


@webhook.command("end", epilog="Example: gridmaps port webhook end hotline")
def end(code: Code, directory: Directory = None) -> None:
    """Tell a webhook nothing any more; what waits for it is given up."""
    with open_store(settings_for(directory)) as store, transaction(store.app) as conn:
        end_target(conn, code=code, now=_now())
    typer.echo(f"webhook {code} has ended")


def _now() -> datetime:
    return datetime.now(UTC)
