"""Handing a checkpoint to vLLM, which takes this process over."""

import json
import os
import shutil
from typing import NoReturn

from orca2.apps.serve.settings import Address
from orca2.errors import ModelError

DTYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}


def hand_over(place: str, name: str, address: Address, dtype: str) -> NoReturn:
    """The checkpoint carries its template and stop ids; the key goes by the environment, where `ps` shows no key."""
    found = shutil.which("vllm")
    if found is None:
        raise ModelError("vllm is not on the PATH; pip install vllm on a machine with a GPU, or leave out --engine")
    where = ["--host", address.host, "--port", str(address.port)]
    origins = ["--allowed-origins", json.dumps(address.origins)] if address.origins else []
    kind = ["--dtype", DTYPES.get(dtype, dtype)] if dtype != "auto" else []
    key = {"VLLM_API_KEY": address.key} if address.key else {}
    command = [found, "serve", place, "--served-model-name", name, *where, *origins, *kind]
    os.execve(found, command, {**os.environ, **key})
