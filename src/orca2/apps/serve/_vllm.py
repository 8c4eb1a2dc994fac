"""Handing a checkpoint to vLLM, which takes this process over."""

import os
import shutil
from typing import NoReturn

from orca2.errors import ModelError


def hand_over(place: str, name: str, host: str, port: int, key: str) -> NoReturn:
    """The checkpoint carries its template and stop ids; the key goes by the environment, where `ps` shows no key."""
    found = shutil.which("vllm")
    if found is None:
        raise ModelError("vllm is not on the PATH; pip install vllm on a machine with a GPU, or leave out --engine")
    command = [found, "serve", place, "--served-model-name", name, "--host", host, "--port", str(port)]
    os.execve(found, command, {**os.environ, **({"VLLM_API_KEY": key} if key else {})})
