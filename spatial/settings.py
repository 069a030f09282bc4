"""What an operator may set from outside, each with its meaning.

Read from the environment (`GRIDMAPS_*`). Facts of the city (time zone, cut-off, limits) are rows in the
`setting` table instead, because a district edits them while the server runs.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One class, one prefix; the README's table is checked against it by a test."""

    model_config = SettingsConfigDict(env_prefix="GRIDMAPS_", extra="ignore")

    database_url: str | None = Field(
        default=None,
        description="A PostGIS of your own, as postgresql://user:password@host/name; without it a private "
        "cluster is kept in the directory.",
    )
    dir: Path = Field(default=Path(".gridmaps"), description="Where the private cluster and its lock files lie.")
    index: bool = Field(
        default=True, description="Keep a locator index ready; without it positions take the slower way."
    )
    host: str = Field(default="127.0.0.1", description="The address that the server listens on.")
    port: int = Field(default=8000, description="The port that the server listens on.")
    public_url: str | None = Field(
        default=None, description="The address that people type, if a proxy stands before us."
    )
    secure_cookies: bool = Field(default=False, description="Mark the session cookie Secure; set it behind HTTPS.")
    body_limit_bytes: int = Field(default=12_000_000, description="The largest request body that is read.")
    text_limit: int = Field(default=4000, description="The longest report text, in characters.")
    batch_limit: int = Field(default=1000, description="The most reports in one batch.")
    queue_limit: int = Field(default=2000, description="Reports that may wait for the writer before 503 is answered.")
    public_limit: int = Field(
        default=1000,
        ge=0,
        description="Reports and supports that one address may send within an hour without a log-in; the customers "
        "of a mobile carrier share one. 0 is no limit.",
    )
    unnamed_limit: int = Field(
        default=60,
        ge=0,
        description="Supporters of whom nothing is certain that one case takes within an hour; 0 is no limit.",
    )
    sweep_seconds: float = Field(
        default=60, ge=0, description="How often a server looks for what is due: briefs, alarms, rulings; 0 is never."
    )
    deliver_seconds: float = Field(
        default=5, ge=0, description="How often a server sends what waits in the outbox; 0 is never."
    )
    deliver_attempts: int = Field(
        default=10, ge=1, description="Attempts before a message is given up; the waits between them double."
    )
    smtp_host: str | None = Field(
        default=None, description="The mail server that answers to citizens are handed to; without it mail waits."
    )
    smtp_port: int = Field(default=587, description="The mail server's port.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="How the way to the mail server is kept secret: none, starttls or tls."
    )
    smtp_user: str | None = Field(default=None, description="The login at the mail server, if it asks for one.")
    smtp_password: str | None = Field(default=None, repr=False, description="The password at the mail server.")
    mail_from: str = Field(
        default="gridmaps <gridmaps@localhost>", description="The address that mail to citizens comes from."
    )
    webhook_private: bool = Field(
        default=False, description="Let webhooks lead to private addresses and plain HTTP; off on the open net."
    )
    session_hours: int = Field(default=12, description="How long a log-in lasts.")

    def index_dir(self) -> Path:
        """Where saved indexes lie, shared by the servers of one directory."""
        return self.dir / "index"
