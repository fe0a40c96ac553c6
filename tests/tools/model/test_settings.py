"""Settings from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tradestat_tools.catalogue import catalogue
from tradestat_tools.sources.comtrade.service import ComtradeSettings
from tradestat_tools.sources.korea.service import ADDRESS, KoreaSettings
from tradestat_tools.sources.trademap.service import TrademapSettings

KEYS = ("PARSE_API_KEY", "DATA_GO_KR_SERVICE_KEY", "COMTRADE_API_KEY")

read = catalogue().settings


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)


def test_nothing_set_means_no_key_and_the_services_own_addresses() -> None:
    settings = read()
    assert [getattr(settings, key.lower()) for key in KEYS] == [None, None, None]
    assert settings.of(KoreaSettings).korea_url == ADDRESS
    assert not settings.sandbox


@pytest.mark.parametrize("value", ["", "   ", "${user_config.parse_api_key}"])
def test_an_empty_or_unfilled_key_counts_as_unset(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, value)
    settings = read()
    assert [getattr(settings, key.lower()) for key in KEYS] == [None, None, None]


@pytest.mark.parametrize("value", ["", "${user_config.korea_url}"])
def test_an_empty_or_unfilled_address_is_the_default(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESTAT_KOREA_URL", value)
    assert read().of(KoreaSettings).korea_url == ADDRESS


@pytest.mark.parametrize("value", ["", "${user_config.trademap_plan}"])
def test_an_empty_or_unfilled_plan_is_the_free_one(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESTAT_TRADEMAP_PLAN", value)
    assert read().of(TrademapSettings).trademap_plan == "free"


def test_the_cache_folder_may_be_written_from_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESTAT_CACHE_DIR", "~/trade")
    assert read().cache_dir == Path.home() / "trade"


def test_a_key_is_read_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARSE_API_KEY", " pk-very-secret\n")
    settings = read()
    key = settings.of(TrademapSettings).parse_api_key
    assert key is not None
    assert key.get_secret_value() == "pk-very-secret"
    assert "very-secret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_dotenv_file_is_read(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / ".env").write_text("COMTRADE_API_KEY=from-file\nSOMETHING_ELSE=1\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    key = read().of(ComtradeSettings).comtrade_api_key
    assert key is not None
    assert key.get_secret_value() == "from-file"


def test_an_address_that_can_be_none_is_a_wrong_setting_that_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (
        "http://me:hunter2@127.0.0.1:99999",
        "http://[::1",
        "ftp://hunter2.invalid",
        "hunter2",
        "http://:80",
    ):
        monkeypatch.setenv("TRADESTAT_KOREA_URL", address)
        with pytest.raises(ValidationError) as refused:
            read()
        (fault,) = refused.value.errors()
        assert fault["loc"] == ("TRADESTAT_KOREA_URL",)
        assert "hunter2" not in fault["msg"]
    monkeypatch.setenv("TRADESTAT_KOREA_URL", "http://127.0.0.1:8080/base")
    assert read().of(KoreaSettings).korea_url == "http://127.0.0.1:8080/base"
