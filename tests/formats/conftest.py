"""What the tests of formats share."""

from pathlib import Path

import pytest
from formats.door import Door


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A folder with files to import, and a journal; the rejects go to another folder in it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Door(tmp_path)
