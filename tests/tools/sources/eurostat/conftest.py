"""The service as each test says it answers."""

import pytest
from comext import Comext


@pytest.fixture
def comext() -> Comext:
    """The service on 20 October 2026: August is out."""
    return Comext()
