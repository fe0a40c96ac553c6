"""What every test may use."""

from collections.abc import Generator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _folders_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """No test reads or writes the stored answers and files of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADESTAT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("TRADESTAT_EXPORT_DIR", str(tmp_path_factory.mktemp("exports")))
        patch.setenv("TRADESTAT_IMPORT_DIR", str(tmp_path_factory.mktemp("imports")))
        yield


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Async tests run on both event loops."""
    return str(request.param)
