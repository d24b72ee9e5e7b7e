"""All settings in one frozen object, from ``PACTWATCH_*`` and an optional ``pactwatch.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from config.errors import ConfigError

TOML_FILE = Path("pactwatch.toml")
HERE = Path(__file__).parent


class Settings(BaseSettings):
    """What an operator may set; environment (``PACTWATCH_DATA_DIR``) goes before ``pactwatch.toml`` (``data_dir``)."""

    model_config = SettingsConfigDict(env_prefix="PACTWATCH_", frozen=True, extra="forbid", toml_file=TOML_FILE)

    data_dir: Path = Path("data")
    """Folder of everything that Pactwatch writes, unless set apart below."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in ``data_dir/pactwatch.db``. PostgreSQL: ``postgresql+psycopg://user@host/db``."""
    archive_url: str = ""
    """Folder or fsspec URL (``s3://bucket/path``) of the WARC archive; empty: ``data_dir/archive``."""
    index_dir: Path | None = None
    """Folder of the full-text index; none: ``data_dir/index``."""
    spool_dir: Path | None = None
    """Folder in which crawls leave their files until intake has taken them; none: ``data_dir/spool``."""

    sources_file: Path = HERE / "sources.yaml"
    themes_file: Path = HERE / "themes.yaml"
    kinds_file: Path = HERE / "kinds.yaml"
    agreements_file: Path = HERE / "agreements.yaml"

    contact: str = "https://github.com/pactwatch/pactwatch"
    """URL or e-mail address that goes into the user agent, so that a site's operator can complain."""
    user_agent: str = ""
    """Whole user agent; empty: ``Pactwatch/VERSION (+CONTACT)``."""
    allow_private: bool = False
    """Allow requests to private, loopback and link-local addresses; only for samples and tests."""
    max_body_bytes: int = Field(50_000_000, gt=0)
    """Largest body, in bytes, that a crawl keeps; larger ones are cut off and named."""
    request_timeout: float = Field(30.0, gt=0)
    """Seconds until a request is given up."""
    delay: float = Field(1.0, ge=0)
    """Seconds between two requests to one host, where a source says nothing else; AutoThrottle may lengthen it."""
    warc_bytes: int = Field(1_000_000_000, ge=1_000_000)
    """Size in bytes at which a crawl begins a new WARC file."""
    chromium: str = ""
    """Path or name of the browser for sources that ask for rendering; empty: found by its usual names."""
    max_crawls: int = Field(8, gt=0)
    """Sources crawled at the same time."""
    run_pages: int = Field(0, ge=0)
    """Most answers that all crawls of one run may fetch together; 0: no bound but those of the sources."""
    run_bytes: int = Field(0, ge=0)
    """Most bytes of those answers."""
    run_minutes: float = Field(0.0, ge=0)
    """Minutes after which a run begins no further crawl and ends those under way."""
    crawl_together: bool = False
    """Crawl the sources of a run in one process instead of one each; `max_crawls` may then be in the hundreds.
    Not in the flows of Prefect."""

    workers: int = Field(2, gt=0)
    """Processes that read and analyse documents."""
    batch_size: int = Field(32, gt=0)
    """Documents a transaction."""
    max_attempts: int = Field(3, gt=0)
    """Times that a document whose worker died is tried again before it counts as failed."""
    claim_seconds: int = Field(900, gt=0)
    """Seconds after which a batch claimed by a dead worker may be claimed again."""
    ocr: bool = False
    """Read PDF pages that are images with tesseract (the Debian package tesseract-ocr); seconds a page."""
    ocr_languages: str = Field("eng", pattern=r"^[A-Za-z_]{3,20}(\+[A-Za-z_]{3,20})*$")
    """Languages on such pages, as tesseract names them (``eng+deu``); each needs its package (tesseract-ocr-deu)."""

    runner: Literal["process", "dask"] = "process"
    """Where the nightly flow processes batches: Prefect's process pool, or a Dask cluster."""
    dask_address: str = ""
    """Scheduler address of an existing Dask cluster (``tcp://…``); empty: a local cluster of `workers` processes."""
    prefect_api_url: str = ""
    """Prefect server that shows the runs; empty: commands run directly, `pactwatch up` starts its own."""
    nightly_cron: str = "0 2 * * *"
    timezone: str = "Europe/Brussels"
    """IANA time zone of `nightly_cron`."""

    smtp_host: str = ""
    """Mail server that digests are sent through; empty: none are sent."""
    smtp_port: int = Field(587, gt=0, lt=65536)
    smtp_tls: bool = True
    """Ask the mail server for encryption (STARTTLS)."""
    smtp_user: str = ""
    """Name at the mail server; empty: no login."""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = "pactwatch@localhost"
    """Sender of digests."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as err:
            raise ValueError(f"no such time zone; use an IANA name such as Europe/Brussels: {err}") from err
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before environment before pactwatch.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'pactwatch.db'}"

    @property
    def archive(self) -> str:
        """Folder or fsspec URL of the archive in force."""
        return self.archive_url or str(self.data_dir / "archive")

    @property
    def index(self) -> Path:
        """Folder of the full-text index in force."""
        return self.index_dir or self.data_dir / "index"

    @property
    def spool(self) -> Path:
        """Folder of unfinished crawls in force."""
        return self.spool_dir or self.data_dir / "spool"

    @property
    def agent(self) -> str:
        """User agent in force."""
        return self.user_agent or f"Pactwatch/0.1 (+{self.contact})"


def load(**overrides: Any) -> Settings:
    """Build the settings; raises ConfigError naming the setting and where it came from."""
    try:
        return Settings(**overrides)
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"{TOML_FILE}: unknown setting '{name}': see docs/settings.md") from err
        raise ConfigError(f"setting {name} (PACTWATCH_{name.upper()} or {TOML_FILE}): {first['msg']}") from err
    except ValueError as err:  # a TOML file that does not parse
        raise ConfigError(f"{TOML_FILE}: not valid TOML: {err}") from err
