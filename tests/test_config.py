"""Settings: what is read, what the defaults are, and what is refused in one sentence."""

import os
import stat
import sys
from pathlib import Path

import pytest

from bot.config import CHECKOUT, SettingError, Settings, read_settings

TOKEN = "123456:AAaa_bb-CC"
HOME = {"HOME": "/home/someone"}


def test_defaults() -> None:
    expected = Settings(
        facts_db=CHECKOUT / "facts.db",
        state_db=Path("/home/someone/.local/share/tajikistan-visit-bot/state.db"),
        token="",
        api_url="https://api.telegram.org",
        webhook_url="",
        webhook_secret="",
        webhook_port=8443,
        listen="127.0.0.1",
        health_port=None,
        admins=frozenset(),
        rate_limit=1.0,
        log_format="text",
        log_level="INFO",
    )
    if sys.platform != "darwin":
        assert read_settings(HOME) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, ""),
        ({"ALL_PROXY": "http://all", "https_proxy": "http://small", "HTTPS_PROXY": "http://large"}, "http://small"),
        ({"all_proxy": "http://user:word@all:1"}, "http://user:word@all:1"),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "example.org, .telegram.org"}, ""),
        ({"HTTPS_PROXY": "http://proxy", "no_proxy": "telegram"}, "http://proxy"),
        ({"HTTPS_PROXY": "http://proxy", "no_proxy": "*"}, ""),
        ({"HTTP_PROXY": "http://proxy", "BOT_API_URL": "http://127.0.0.1:81"}, "http://proxy"),
        ({"HTTP_PROXY": "http://proxy", "BOT_API_URL": "http://127.0.0.1:81", "NO_PROXY": "127.0.0.1"}, ""),
    ],
)
def test_the_proxy_is_what_the_usual_variables_name(environ: dict[str, str], expected: str) -> None:
    assert read_settings(HOME | environ).proxy == expected


def test_every_setting() -> None:
    assert read_settings(
        {
            "BOT_FACTS_DB": "/srv/facts.db",
            "BOT_STATE_DB": "/srv/state.db",
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": "http://127.0.0.1:8081/",
            "BOT_WEBHOOK_URL": "https://bot.example.org/hook",
            "BOT_WEBHOOK_SECRET": "s_e-cret1",
            "BOT_WEBHOOK_PORT": "88",
            "BOT_LISTEN": "::1",
            "BOT_HEALTH_PORT": "9000",
            "BOT_ADMINS": "5, -100200 7",
            "BOT_RATE_LIMIT": "0",
            "BOT_LOG_FORMAT": "JSON",
            "BOT_LOG_LEVEL": "debug",
        }
    ) == Settings(
        facts_db=Path("/srv/facts.db"),
        state_db=Path("/srv/state.db"),
        token=TOKEN,
        api_url="http://127.0.0.1:8081",
        webhook_url="https://bot.example.org/hook",
        webhook_secret="s_e-cret1",
        webhook_port=88,
        listen="::1",
        health_port=9000,
        admins=frozenset({5, -100200, 7}),
        rate_limit=0.0,
        log_format="json",
        log_level="DEBUG",
    )


def test_an_empty_setting_is_none() -> None:
    names = ["BOT_TOKEN", "BOT_TOKEN_FILE", "BOT_FACTS_DB", "BOT_STATE_DB", "BOT_API_URL", "BOT_WEBHOOK_URL"]
    names += ["BOT_WEBHOOK_SECRET", "BOT_WEBHOOK_PORT", "BOT_LISTEN", "BOT_HEALTH_PORT", "BOT_ADMINS", "BOT_RATE_LIMIT"]
    names += ["BOT_LOG_FORMAT", "BOT_LOG_LEVEL"]
    assert read_settings(HOME | dict.fromkeys(names, "")) == read_settings(HOME)


def test_the_data_folder_follows_the_desktop_s_rule() -> None:
    if sys.platform != "darwin":
        assert read_settings({"XDG_DATA_HOME": "/data"}).state_db == Path("/data/tajikistan-visit-bot/state.db")


def test_a_token_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f" {TOKEN}\n", encoding="utf-8")
    assert read_settings({"BOT_TOKEN_FILE": str(file)}).token == TOKEN
    assert read_settings({"BOT_TOKEN_FILE": str(file), "BOT_TOKEN": "9:z"}).token == "9:z"


def test_secrets_are_not_shown() -> None:
    shown = repr(read_settings({"BOT_TOKEN": TOKEN, "BOT_WEBHOOK_SECRET": "hush"}))
    assert TOKEN not in shown
    assert "hush" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "nonsense"),
        ("BOT_TOKEN", "123456:"),
        ("BOT_TOKEN", ":abc"),
        ("BOT_TOKEN", "12x:abc"),
        ("BOT_TOKEN", "123:a b"),
        ("BOT_TOKEN", "123:a/../b"),
        ("BOT_TOKEN", "１２３:abc"),
        ("BOT_TOKEN_FILE", "/no/such/file"),
        ("BOT_TOKEN_FILE", "/"),
        ("BOT_API_URL", "api.telegram.org"),
        ("BOT_API_URL", "ftp://example.org"),
        ("BOT_API_URL", "http://"),
        ("BOT_API_URL", "http://host:port"),
        ("BOT_API_URL", "http://[::1"),
        ("https_proxy", "socks5://127.0.0.1:1080"),
        ("HTTPS_PROXY", "http://"),
        ("ALL_PROXY", "http://host:port"),
        ("BOT_WEBHOOK_URL", "example.org/hook"),
        ("BOT_WEBHOOK_SECRET", "has space"),
        ("BOT_WEBHOOK_SECRET", "ш"),
        ("BOT_WEBHOOK_SECRET", "x" * 257),
        ("BOT_WEBHOOK_PORT", "0"),
        ("BOT_WEBHOOK_PORT", "65536"),
        ("BOT_WEBHOOK_PORT", "http"),
        ("BOT_WEBHOOK_PORT", "８４４３"),
        ("BOT_HEALTH_PORT", "-1"),
        ("BOT_HEALTH_PORT", "1.5"),
        ("BOT_LISTEN", "localhost"),
        ("BOT_LISTEN", "127.0.0.1:80"),
        ("BOT_ADMINS", "@admin"),
        ("BOT_ADMINS", "1;2"),
        ("BOT_RATE_LIMIT", "fast"),
        ("BOT_RATE_LIMIT", "-1"),
        ("BOT_RATE_LIMIT", "2"),
        ("BOT_RATE_LIMIT", "nan"),
        ("BOT_LOG_FORMAT", "xml"),
        ("BOT_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({name: value})
    said = str(caught.value)
    assert said.startswith(name)
    assert "\n" not in said
    assert said.endswith(".")


def test_a_wrong_token_or_secret_is_not_repeated() -> None:
    for name in ("BOT_TOKEN", "BOT_WEBHOOK_SECRET"):
        with pytest.raises(SettingError) as caught:
            read_settings({name: "hush hush"})
        assert "hush" not in str(caught.value)


def test_a_token_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"BOT_TOKEN_FILE: .* cannot be read \(it is no text\)"):
        read_settings({"BOT_TOKEN_FILE": str(file)})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_token_file_that_may_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    file.chmod(stat.S_IWUSR)
    with pytest.raises(SettingError, match="Permission denied"):
        read_settings({"BOT_TOKEN_FILE": str(file)})


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert read_settings({"BOT_FACTS_DB": "~/facts.db"}).facts_db == Path("/home/someone/facts.db")
