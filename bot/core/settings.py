"""Settings: everything a deployment may change, read from the environment and `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.staff.model import Role

HOME = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Each field is an environment variable of the same name, most with the prefix SPROUT_."""

    model_config = SettingsConfigDict(env_prefix="SPROUT_", env_file=".env", extra="ignore")

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    telegram_token: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_base_url: str = ""  # a stand-in for the Bot API in tests, e.g. http://127.0.0.1:8081
    telegram_webhook_url: str = ""  # set: webhook instead of polling
    telegram_webhook_secret: SecretStr | None = None  # none: one is made from the token
    telegram_webhook_port: int = 8001  # on `host`; the TLS proxy passes the webhook's URL on to it
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = HOME / "var"
    cache_dir: Path | None = None  # vectors and trained models, made again when lost; data_dir/cache when not set
    zone: str = "Asia/Shanghai"
    emergency_number: str = "120"
    police_number: str = "110"
    mental_health_line: str = "12356"
    nlu_deadline_seconds: float = 1.0
    rasa: bool = True  # False: nearest-example understanding only
    approved_only: bool = False  # True: seed content that no local team has approved is not served
    secret_key: SecretStr | None = None  # signs web sessions; made and kept in data_dir when absent
    public_url: str = ""  # how staff reach this house from outside, for links in notices: https://sprout.example.org
    smtp_url: SecretStr | None = None  # notices to staff by e-mail: smtp://user:password@host:587 or smtps://...
    mail_from: str = "sprout@localhost"
    demo: bool = True  # demo town and demo accounts
    production: bool = False  # True: no demo town, no demo accounts, approved articles only
    push_key: SecretStr | None = None  # who knocks at browsers; made and kept in data_dir when absent
    push_stand_in: str = ""  # a local push service of a test, e.g. http://127.0.0.1:8082: all others must be public
    metrics_token: SecretStr | None = None  # of /metrics; without it only this machine may ask
    second_factor_key: SecretStr | None = None  # seals their secrets; made and kept in data_dir when absent
    second_factor: list[Role] = []  # roles of the console that need one: '["admin", "nurse_on_call"]'

    @model_validator(mode="after")
    def _in_production(self) -> Self:
        if self.production:
            self.demo, self.approved_only, self.push_stand_in = False, True, ""
        return self

    @property
    def address(self) -> str:
        """Where people find the chat page and the console, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def numbers(self) -> dict[str, str]:
        """Telephone numbers by the names that texts (`{emergency}`) and buttons (`call:emergency`) use."""
        return {
            "emergency": self.emergency_number,
            "police": self.police_number,
            "mental_health": self.mental_health_line,
        }

    @property
    def cache(self) -> Path:
        return self.cache_dir or self.data_dir / "cache"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; a file in data_dir when DATABASE_URL is not set."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'sprout.db'}"
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                url = "postgresql+psycopg://" + url.removeprefix(short)
        return url
