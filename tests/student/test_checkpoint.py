import json
from pathlib import Path
from typing import Any

import torch

from orca2.student.checkpoint import save


def test_the_checkpoint_is_whole(tiny: Path, tokenizer: Any, tmp_path: Path, network: Any) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    save(network, tokenizer, "Be careful.", tmp_path, {"student": "tiny"})
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    shown = loaded.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert shown.startswith("<|im_start|>system\nBe careful.<|im_end|>\n<|im_start|>user\nhi")
    assert GenerationConfig.from_pretrained(tmp_path).eos_token_id == loaded.convert_tokens_to_ids("<|im_end|>")
    assert AutoModelForCausalLM.from_pretrained(tmp_path).dtype == torch.bfloat16
    assert json.loads((tmp_path / "orca2.json").read_text()) == {"student": "tiny"}
