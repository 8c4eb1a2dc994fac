"""GGUF files: what is in them, and that llama.cpp and `transformers` make of them what the checkpoint is."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGUFReader, TokenType, dequantize
from transformers import LlamaConfig, LlamaForCausalLM

from orca2.apps.export import _gguf, _vocabulary
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.errors import ModelError
from tests.conftest import Run
from tests.templates import CHATML, make_tokenizer


def written(tiny: Path, file: Path, kind: str) -> tuple[Any, Any, GGUFReader]:
    model = load_model(str(tiny), torch.float32, torch.device("cpu"))
    chat = ChatCodec(load_tokenizer(str(tiny)))
    _gguf.write(model, chat, file, "tiny", kind, "mit")
    return model, chat, GGUFReader(file)


@pytest.mark.slow
@pytest.mark.parametrize("kind", _gguf.KINDS)
def test_tensors_and_fields(tiny: Path, tmp_path: Path, kind: str) -> None:
    model, chat, reader = written(tiny, tmp_path / "tiny.gguf", kind)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    assert fields["general.license"] == "mit" and fields["tokenizer.chat_template"] == chat.tokenizer.chat_template
    assert fields["tokenizer.ggml.eos_token_id"] == fields["tokenizer.ggml.eot_token_id"] == chat.end == 2
    assert fields["tokenizer.ggml.tokens"][2] == "<|im_end|>" and fields["tokenizer.ggml.add_bos_token"] is False
    kinds = fields["tokenizer.ggml.token_type"]
    assert kinds[1] == kinds[2] == TokenType.CONTROL and kinds[300] == TokenType.NORMAL
    found = {tensor.name: tensor for tensor in reader.tensors}
    assert "output.weight" not in found  # the head is tied
    assert found["blk.0.attn_norm.weight"].tensor_type.name == "F32"
    assert found["blk.0.ffn_up.weight"].tensor_type.name == kind.upper()
    assert found["token_embd.weight"].tensor_type.name == ("Q8_0" if kind == "q4_0" else kind.upper())
    most = {"f16": 1e-3, "q8_0": 1e-2, "q4_0": 0.15}[kind]
    for name, own in (("blk.1.ffn_down", "mlp.down_proj"), ("blk.1.attn_v", "self_attn.v_proj")):
        tensor, weight = found[f"{name}.weight"], model.get_parameter(f"model.layers.1.{own}.weight").detach()
        again = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type))
        assert 0 <= float((again - weight).abs().max() / weight.abs().max()) < most
    query, weight = found["blk.0.attn_q.weight"], model.get_parameter("model.layers.0.self_attn.q_proj.weight").detach()
    again = torch.from_numpy(dequantize(query.data, query.tensor_type))
    halves = again.view(4, 4, 2, 32).transpose(1, 2).reshape(32, 32)  # pairs of llama.cpp to halves of a head
    assert float((halves - weight).abs().max() / weight.abs().max()) < most


def test_models_and_tokenizers_without_such_a_form(tiny: Path, tokenizer: Any, tmp_path: Path, run: Run) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=8, n_layer=1, n_head=1)).save_pretrained(
        tmp_path / "a"
    )
    tokenizer.save_pretrained(tmp_path / "a")
    code, _, said = run("export", tmp_path / "a", tmp_path / "out", "--format", "gguf")
    assert code == 2 and said.splitlines()[-1].startswith("orca2: a model of type gpt2 has no GGUF form here")
    assert not list(tmp_path.glob("out*"))
    content = {"pre_tokenizer": {"type": "Whitespace"}}
    with pytest.raises(ModelError, match="way to split texts"):
        _vocabulary._splitter(content)


REFUSES = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
ALTERNATES = (
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('alternate') }}"
    "{% endif %}{% endfor %}"
)
STRIPS = CHATML.replace("message['content']", "message['content'] | trim")
TODAY = "{{ '<|im_start|>system\nToday: ' + strftime_now('%d %b %Y') + '<|im_end|>\n' }}"
KEPT = (  # as LLaMA 3.1's
    "{% if not date_string is defined %}{% set date_string = '26 Jul 2024' %}{% endif %}"
    "{{ '<|im_start|>system\n' + date_string + '<|im_end|>\n' }}"
)
OF_ITS_OWN = "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are it.<|im_end|>\n' }}{% endif %}"


@pytest.mark.parametrize(
    ("template", "modelfile"),
    [
        (REFUSES + CHATML, False), (ALTERNATES + CHATML, False), (STRIPS, True), (TODAY + CHATML, False),
        (KEPT + CHATML, True), (OF_ITS_OWN + CHATML, True),
    ],
    ids=["refuses a system message", "alternates", "strips", "today", "a day of its own", "a message of its own"],
)  # fmt: skip
def test_a_checkpoint_as_it_came_is_exported(tmp_path: Path, run: Run, template: str, modelfile: bool) -> None:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    code, _, said = run("export", with_template(tmp_path / "given", template), tmp_path / "out", "--format", "gguf")
    assert code == 0, said
    assert "llama.cpp runs it: ids of 7 conversations alike" in said
    card, there = (tmp_path / "out" / "README.md").read_text(), (tmp_path / "out" / "Modelfile").is_file()
    assert there is modelfile is ("ollama create" in card)
    assert there or "no Modelfile: the chat template" in said


def test_a_template_that_llama_cpp_cannot_use(tmp_path: Path, run: Run) -> None:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    place = with_template(tmp_path / "given", "{{ messages[0].content.encode()[:0] or '' }}" + CHATML)
    code, _, said = run("export", place, tmp_path / "out", "--format", "gguf")
    assert code == 2 and "llama.cpp" in said.splitlines()[-1] and "Traceback" not in said
    assert not list(tmp_path.glob("out*"))


def with_template(folder: Path, template: str) -> Path:
    """A small checkpoint with a small vocabulary."""
    tokenizer = copy.deepcopy(make_tokenizer("qwen"))
    tokenizer.chat_template = template
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_smollm2_in_every_type(smol: str, tmp_path: Path, run: Run) -> None:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    sizes, errors = [], []
    for kind in _gguf.KINDS:
        code, _, said = run("export", smol, tmp_path / kind, "--format", "gguf", "--type", kind)
        found = re.search(r"ids of 7 conversations alike, largest logit error (\S+),", said)
        assert code == 0 and found is not None, said
        errors.append(float(found[1]))
        assert "llama.cpp runs it: ids of 7 conversations alike" in said
        if kind == "f16":
            assert "greedy text of 3 of 3 alike" in said
        [file] = (tmp_path / kind).glob("*.gguf")
        sizes.append(file.stat().st_size)
        assert f"FROM ./{file.name}" in (tmp_path / kind / "Modelfile").read_text()
        assert 'license: "apache-2.0"' in (tmp_path / kind / "README.md").read_text()
    assert errors == sorted(errors) and errors[0] < 0.05 and sizes == sorted(sizes, reverse=True)
