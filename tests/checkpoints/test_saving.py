"""What a checkpoint carries: any plain reader of it says what our own prompt says, and stops where ours does."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

import orca2
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.checkpoints.saving import save
from orca2.core.types import Lesson, Message
from orca2.models.transformers import load
from orca2.sections import Training
from orca2.training.training import train
from tests.templates import SHAPES, make_tokenizer
from tests.training.conftest import flat

SYSTEM = "You are careful."
USER = Message("user", "What is seven plus one?")


def network(tokenizer: Any) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def test_smollm2(tiny: Path, tokenizer: Any, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    model = load_model(str(tiny), torch.float32, torch.device("cpu"))
    save(model, copy.deepcopy(tokenizer), "Be careful.", tmp_path, {"student": "tiny"})
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    shown = loaded.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert shown == "<|im_start|>system\nBe careful.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n"
    assert loaded.chat_template.endswith(tokenizer.chat_template)
    assert GenerationConfig.from_pretrained(tmp_path).eos_token_id == loaded.convert_tokens_to_ids("<|im_end|>")
    assert AutoModelForCausalLM.from_pretrained(tmp_path).dtype == torch.bfloat16
    assert json.loads((tmp_path / "orca2.json").read_text()) == {"student": "tiny"}


@pytest.mark.parametrize("name", SHAPES)
def test_any_template_twice(name: str, tmp_path: Path) -> None:
    """Explained first, then trained: the second save reads the first."""
    from transformers import AutoTokenizer, GenerationConfig

    tokenizer = copy.deepcopy(make_tokenizer(name))
    expected = ChatCodec(tokenizer).encode_prompt([Message("system", SYSTEM), USER])
    save(network(tokenizer), tokenizer, "Another one.", tmp_path / "explained", {})
    loaded = AutoTokenizer.from_pretrained(tmp_path / "explained")
    model = load_model(str(tmp_path / "explained"), torch.float32, torch.device("cpu"))
    save(model, loaded, SYSTEM, tmp_path / "student", {})
    loaded = AutoTokenizer.from_pretrained(tmp_path / "student")
    end = loaded.convert_tokens_to_ids(SHAPES[name].end)
    for messages in ([USER], [Message("system", SYSTEM), USER]):
        plain = [{"role": message.role, "content": message.content} for message in messages]
        ids = loaded.apply_chat_template(plain, add_generation_prompt=True, return_dict=True)["input_ids"]
        assert ids == ChatCodec(loaded).encode_prompt(messages) == expected
    assert loaded.chat_template.count("{# orca2: the default system message #}") == 1
    assert ChatCodec(loaded).answer_prefix == ChatCodec(tokenizer).answer_prefix
    stops = GenerationConfig.from_pretrained(tmp_path / "student").eos_token_id
    stops = stops if isinstance(stops, list) else [stops]
    assert stops[0] == end and set(stops) == load("student", tmp_path, "cpu").stop
    assert stops[1:] in ([], [make_tokenizer(name).eos_token_id])  # what the student stopped on before


def test_a_system_message_of_the_recipe(tmp_path: Path) -> None:
    tokenizer = copy.deepcopy(make_tokenizer("qwen"))
    network(tokenizer).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    said = [
        tokenizer.decode(load(str(tmp_path), Path(), "cpu", text).chat.encode_prompt([USER])) for text in ("", SYSTEM)
    ]
    assert said[0].startswith("<|im_start|>system\nYou are Qwen.<|im_end|>\n")
    assert said[1].startswith(f"<|im_start|>system\n{SYSTEM}<|im_end|>\n")


def test_padding_beyond_the_embeddings_is_not_written(tmp_path: Path) -> None:
    """It has no row, and no model can be made with it; the token that ends an answer stands in."""
    tokenizer = copy.deepcopy(make_tokenizer("qwen"))
    model = network(tokenizer)
    tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    assert tokenizer.pad_token_id == model.get_input_embeddings().num_embeddings
    save(model, tokenizer, SYSTEM, tmp_path / "student", {})
    loaded = load("student", tmp_path, "cpu")
    assert loaded.model.config.pad_token_id == loaded.chat.end


def test_a_student_without_a_template_gets_chatml() -> None:
    tokenizer = copy.deepcopy(make_tokenizer("old mistral"))
    tokenizer.chat_template = None
    model = network(tokenizer)
    before = len(tokenizer)
    ensure_chat_template(model, tokenizer)
    assert len(tokenizer) == before + 2 == model.get_input_embeddings().num_embeddings
    chat = ChatCodec(tokenizer)
    assert tokenizer.decode([chat.end]) == "<|im_end|>" and tokenizer.bos_token_id in chat.encode_prompt([USER])
    ensure_chat_template(model, tokenizer)
    assert len(tokenizer) == before + 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["orca2", "llama3", "qwen", "gemma", "mistral", "llama2"])
def test_what_was_learned_is_said_and_ended_by_plain_transformers(name: str, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = copy.deepcopy(make_tokenizer(name))
    model, said = network(tokenizer), "So the answer is 8."
    lesson = Lesson((Message("system", SYSTEM), USER, Message("assistant", said)), "id")
    record = train(model, tokenizer, [lesson], Training(epochs=60, learning_rate=1e-2, row_tokens=512), 0, "test")
    assert record.loss[-1].loss < 0.05
    save(model, tokenizer, SYSTEM, tmp_path / "student", {})
    loaded = AutoTokenizer.from_pretrained(tmp_path / "student")
    student = AutoModelForCausalLM.from_pretrained(tmp_path / "student")
    inputs = loaded.apply_chat_template(
        [{"role": "user", "content": USER.content}], add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    new = student.generate(**inputs, max_new_tokens=64)[0, inputs["input_ids"].shape[1] :].tolist()
    assert new == ChatCodec(loaded).encode_answer(said)
    ours = orca2.load(str(tmp_path / "student"), device="cpu")
    assert ours.chat().ask(USER.content, max_tokens=64).strip() == said


@pytest.mark.slow
def test_a_sharded_student_is_saved_whole(tiny: Path, tmp_path: Path) -> None:
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run(
        [sys.executable, *command, "-m", "tests.training.sharded", str(tiny), str(tmp_path)],
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=240,
    )
    saved = load_model(str(tmp_path / "0"), torch.float32, torch.device("cpu"))
    plain = load_model(str(tiny), torch.bfloat16, torch.device("cpu")).float()
    assert torch.equal(flat(saved), flat(plain))
