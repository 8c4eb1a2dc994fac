"""What `orca2 serve` is told on the command line, and mistakes in it."""

from pathlib import Path
from typing import Any

import pytest

from orca2.apps.serve import served_name


def test_mistakes_of_the_command_line(run: Any, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run("serve", tiny, "--engine", "vllm")[0] == 2
    assert "no 'tgi'; one of orca2, vllm" in run("serve", tiny, "--engine", "tgi")[2]
    assert "NOT_SET_HERE is not set" in run("serve", tiny, "--api-key-env", "NOT_SET_HERE")[2]
    assert served_name("org/name") == "org/name" and served_name("package:a/b.Q4.gguf") == "b.Q4"
