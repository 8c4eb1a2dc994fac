"""Pushing an export, over real HTTP to a stand-in for the hub."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub import Hub, serve

pytestmark = pytest.mark.slow  # each starts the command as a process of its own


def push(tiny: Path, out: Path, hub: Hub, token: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HOME": str(out.parent / "home"),
        "HF_HUB_DISABLE_XET": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "orca2", "export", str(tiny), str(out), "--push", "me/it"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def test_every_file_arrives_as_it_is(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with serve(Hub()) as hub:
        done = push(tiny, out, hub, "hf_test")
    assert done.returncode == 0, done.stderr
    assert f"uploaded: {hub.url}/me/it" in " ".join((done.stdout + done.stderr).split())
    assert hub.files == {path.name: path.read_bytes() for path in out.iterdir()}
    assert {"README.md", "model.safetensors", "chat_template.jinja"} <= hub.files.keys()
    assert b'orca2.load("me/it")' in hub.files["README.md"]
    assert hub.tokens == {"Bearer hf_test"}


def test_without_a_token_nothing_is_begun(tiny: Path, tmp_path: Path) -> None:
    with serve(Hub()) as hub:
        done = push(tiny, tmp_path / "out", hub, "")
    assert done.returncode == 2
    assert done.stderr.startswith("orca2: --push: no token of the hub is set; log in with")
    assert len(done.stderr.splitlines()) == 1
    assert not hub.asked and not list(tmp_path.glob("out*"))


def test_a_refusal_is_one_line_and_the_files_stay(tiny: Path, tmp_path: Path) -> None:
    with serve(Hub(refuses=403)) as hub:
        done = push(tiny, tmp_path / "out", hub, "hf_test")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("orca2: --push me/it: the hub refused (")
    assert f"hf upload me/it {tmp_path / 'out'}" in done.stderr
    assert (tmp_path / "out" / "model.safetensors").is_file()
