"""Every setting of an installation, read once from the environment by a composition root."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What web and worker share. Names are prefixed `RAPPORT_` in the environment."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_", extra="ignore")

    database_url: str = Field(
        default="sqlite:///var/rapport.db",
        pattern=r"^(sqlite://(/.+)?$|postgresql\+psycopg://.)",
        description="sqlite:///FILE, or postgresql+psycopg://USER@HOST/NAME?passfile=FILE",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^/]",
        description="the address under which residents reach the pages, such as https://HOST",
    )
    web_key_store: Path = Field(
        default=Path("var/web-keys"), description="folder of form, transport and ledger keys"
    )
    web_master_file: Path = Field(
        default=Path("var/secrets/web-master"), description="secret that wraps the web key store"
    )

    @field_validator("database_url")
    @classmethod
    def _refuse_odd_port(cls, address: str) -> str:
        """Python's own words repeat what stands in its place, which may be half of a password."""
        try:
            urlsplit(address).port  # noqa: B018 - looked at, as it raises
        except ValueError:
            raise ValueError("its port is no number up to 65535") from None
        return address

    address_header: str = Field(
        default="",
        description="header in which a trusted proxy gives the visitor's address; web only",
    )
    metrics_address: str = Field(
        default="", description="HOST:PORT at which metrics are shown, if anywhere"
    )
    web_processes: int = Field(
        default=1, ge=1, description="how many web processes share the limits against stuffing"
    )
    smtp_host: str = Field(
        default="", description="mail server for invitations and new passwords; web only"
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port; web only")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the way to the mail server is encrypted; web only"
    )
    smtp_account: str = Field(default="", description="account on the mail server; web only")
    smtp_password_file: Path | None = Field(
        default=None, description="file that holds the account's password; web only"
    )
    mail_from: str = Field(default="", description="address that mails come from; web only")

    oidc_issuer: str = Field(
        default="", description="identity provider for single sign-on, if any; web only"
    )
    oidc_client_id: str = Field(default="", description="name it knows Rapport by; web only")
    oidc_client_secret_file: Path | None = Field(
        default=None, description="file that holds the secret shared with it; web only"
    )
    oidc_name: str = Field(
        default="single sign-on", description="what staff call it: shown on the button; web only"
    )

    api_calls_a_minute: int = Field(
        default=300, ge=1, description="how many calls of the API one token may make; web only"
    )


class WorkerSettings(Settings):
    """What the worker alone may know: how to open a closed wave, and where backups go."""

    count_key_store: Path = Field(
        default=Path("var/count-keys"), description="folder of wave private keys; worker only"
    )
    count_master_file: Path = Field(
        default=Path("var/secrets/count-master"),
        description="secret that wraps the count key store; worker only",
    )
    backup_folder: Path | None = Field(
        default=None,
        description="where backups are written; without it a wave stays counted with its key kept",
    )
    backup_recipient: str | None = Field(
        default=None, description="public key, age1..., to which backups are encrypted"
    )
    postgres_programs: Path | None = Field(
        default=None,
        description="folder of pg_dump and pg_restore where they are not on the PATH",
    )
