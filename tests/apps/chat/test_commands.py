"""Lines that start with a slash, and what they lack."""

from pathlib import Path

import pytest

from tests.apps.chat.test_terminal import pipe


@pytest.mark.slow
def test_commands_without_what_they_need(tiny: Path, environment: dict[str, str], tmp_path: Path) -> None:
    given = (
        f"/retry\n/stats\n/save\n/load {tmp_path}/none\n/strategy nonsense\n/save {tmp_path}/a/b\n/help\n/strategy\n"
    )
    given += "/strategy step_by_step\n/system\n"
    code, out, err = pipe(environment, given, tiny, "--device", "cpu")
    assert code == 0
    for said in ("no question yet", "nothing is answered", "/save needs a file", "none: No such file", "nonsense"):
        assert said in err
    assert err.count("orca2:") == 6 and "Traceback" not in err
    assert "/retry" in out and "guess_and_check" in out and out.count("step by step") + out.count("step-by-step") >= 1
