"""What every test gets."""

import pytest


@pytest.fixture(autouse=True)
def _quiet_axes(settings):
    settings.AXES_ENABLED = False
