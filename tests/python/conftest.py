"""What several test files share: the folder of real data, and small values to work on."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test is skipped, and CI counts that as a failure."""
    folder = os.environ.get("BOLUS_TEST_DATA")
    if not folder:
        pytest.skip("BOLUS_TEST_DATA is not set, and this test needs real data")
    return Path(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What judges by all other tests runs after them."""
    items.sort(key=lambda item: item.path.name == "test_command_line.py")
