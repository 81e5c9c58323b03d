"""What users write passes their type checker, with pydantic's plugin and without."""

from pathlib import Path

import pytest

WRITTEN = Path(__file__).parent / "typed" / "touchpoints_from_text.py"


@pytest.mark.parametrize("plugins", ["", "pydantic.mypy"])
def test_a_touchpoint_made_from_text_times_passes_mypy_strict(plugins: str, tmp_path: Path) -> None:
    mypy = pytest.importorskip("mypy.api")
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\nplugins = {plugins}\n")
    report, _, status = mypy.run(["--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path), str(WRITTEN)])
    assert status == 0, report
