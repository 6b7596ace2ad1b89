import shutil
from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path, migrated_file: Path) -> Path:
    """A folder with a home in it, whose database is up to date."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_file, home / "lathe.sqlite3")
    return tmp_path
