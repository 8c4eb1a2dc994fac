"""A fake teacher in a process of its own, for tests and measurements."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


@contextmanager
def teacher(scenario: str, port: int = 0) -> Iterator[str]:
    """Serve a built-in scenario, or one that is given as the text of its file; yields the base URL."""
    with TemporaryDirectory() as folder:
        named = scenario
        if "\n" in scenario:
            named = str(Path(folder, "scenario.toml"))
            Path(named).write_text(scenario, encoding="utf-8")
        command = [sys.executable, "-m", "orca2", "fake-teacher", "--scenario", named, "--port", str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield next(word for word in process.stdout.readline().split() if word.startswith("http:")).rstrip(",")
            finally:
                process.kill()


def counts(base_url: str) -> dict[str, Any]:
    """The server's own statistics."""
    with urllib.request.urlopen(base_url.removesuffix("/v1") + "/counts") as reply:
        page: dict[str, Any] = json.loads(reply.read())
        return page
