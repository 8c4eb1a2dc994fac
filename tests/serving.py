"""`orca2 serve` as a process of its own on loopback, and ways to ask it."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest

openai = pytest.importorskip("openai", reason="the extra dev has the official client")
KEY = "secret-of-the-test"
HELLO = [{"role": "user", "content": "Name a colour."}]


@dataclass
class Running:
    process: subprocess.Popen[str]
    base: str

    @property
    def client(self) -> Any:
        return openai.OpenAI(base_url=f"{self.base}/v1", api_key=KEY, max_retries=0)

    def raw(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **headers}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, data, sent), timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def metric(self, name: str) -> float:
        lines = self.raw("/metrics")[1].splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def start(*words: object, key: str = KEY) -> Running:
    environment = {**os.environ, "ORCA2_API_KEY": key}
    command = [sys.executable, "-m", "orca2", "serve", *map(str, words), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    return Running(process, process.stdout.readline().split("chat at ")[1].split("/,")[0])


def ask(server: Running, **more: Any) -> Any:
    return server.client.chat.completions.create(
        **{"model": "tiny-llama", "messages": HELLO, "max_completion_tokens": 12, **more}
    )
