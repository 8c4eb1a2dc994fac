"""Tiny random students of the architectures that people train, each under its maker's chat template."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.checkpoints.saving import save
from orca2.core.types import Lesson, Message
from orca2.sections import Training
from orca2.training.training import train
from tests.checkpoints.true_templates import template, tokenizer_of
from tests.templates import CHATML

# In the manner of SmolLM3, whose template is not in TRL's wheel: a mode in the system message, thoughts in the content
SMOLLM3 = (
    "{%- set mode = '/think' -%}{%- if enable_thinking is defined and not enable_thinking -%}"
    "{%- set mode = '/no_think' -%}{%- endif -%}{%- set asked = '' -%}{%- set turns = messages -%}"
    "{%- if messages[0].role == 'system' -%}{%- set asked = messages[0].content -%}{%- set turns = messages[1:] -%}"
    "{%- if '/no_think' in asked -%}{%- set mode = '/no_think' -%}{%- elif '/think' in asked -%}"
    "{%- set mode = '/think' -%}{%- endif -%}{%- endif -%}"
    "{%- set asked = asked.replace('/no_think', '').replace('/think', '').rstrip() -%}"
    "{{ '<|im_start|>system\n' + mode + '\n\n' + (asked or 'You are careful.') + '<|im_end|>\n' }}"
    "{%- for m in turns -%}{%- if m.role == 'assistant' -%}{{ '<|im_start|>assistant\n' + "
    "('' if mode == '/think' else '<think>\n\n</think>\n') + m.content.lstrip('\n') + '<|im_end|>\n' }}{%- else -%}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' + "
    "('' if mode == '/think' else '<think>\n\n</think>\n') }}{%- endif -%}"
)
# In the manner of Phi-4 and Mistral 7B: no thoughts, and a separator or brackets for turns
PHI4 = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '<|im_sep|>' + m['content'] + '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}"
)
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}"
    "{% elif m['role'] == 'assistant' %}{{ ' ' + m['content'] + eos_token }}{% else %}"
    "{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}"
)
SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 2048,
}  # fmt: skip
SYSTEM = "Be careful."
HARD, EASY = Message("user", "What is seven plus one?"), Message("user", "user or model?")
THOUGHT, RIGHT, DIRECT = "7 + 1, so 8.", "The answer is 8.", "model"
LESSONS = [
    Lesson((Message("system", SYSTEM), HARD, Message("assistant", RIGHT, THOUGHT)), "hard"),
    Lesson((Message("system", SYSTEM), EASY, Message("assistant", DIRECT)), "easy"),
]
SLIDING = ["sliding_attention", "full_attention"]


@dataclass(frozen=True)
class Student:
    """`make` gives the model for a vocabulary of so many tokens; `thinks` says whether its template knows thoughts;
    `gguf` whether orca2 writes it as GGUF."""

    template: Callable[[], str]
    make: Callable[[int], Any]
    thinks: bool
    gguf: bool = False

    def tokenizer(self) -> Any:
        import copy

        return copy.deepcopy(tokenizer_of(self.template(), tags=self.thinks))


def _small(name: str, **more: Any) -> Callable[[int], Any]:
    """A model of `transformers` by the name of its class."""

    def make(size: int) -> Any:
        import transformers

        model_class = getattr(transformers, f"{name}ForCausalLM")
        torch.manual_seed(0)
        config = model_class.config_class(
            vocab_size=size, **SMALL | more, bos_token_id=0, eos_token_id=1, pad_token_id=1
        )
        return model_class(config)

    return make


def _true(name: str) -> Callable[[], str]:
    return lambda: template(name)


STUDENTS = {
    "Qwen3": Student(_true("qwen3"), _small("Qwen3"), True),
    "Qwen3.5": Student(
        _true("qwen3_5_think"),
        _small("Qwen3_5", layer_types=["linear_attention", "full_attention"], linear_num_key_heads=2,
               linear_num_value_heads=2, linear_key_head_dim=8, linear_value_head_dim=8),
        True,
    ),
    "SmolLM3": Student(lambda: SMOLLM3, _small("SmolLM3"), True),
    "Gemma 3": Student(_true("gemma3"), _small("Gemma3", layer_types=SLIDING), False),
    "Gemma 4": Student(
        _true("gemma4_v5"), _small("Gemma4", layer_types=SLIDING, hidden_size_per_layer_input=0), True
    ),
    "LLaMA 3": Student(_true("llama3"), _small("Llama"), False, True),
    "Phi-4": Student(lambda: PHI4, _small("Phi3"), False),
    "gpt-oss": Student(
        _true("gptoss"),
        _small("GptOss", num_local_experts=2, num_experts_per_tok=1,
               rope_parameters={"rope_type": "default", "rope_theta": 1e4}),
        True,
    ),
    "DeepSeek-R1-distilled": Student(_true("deepseek_r1_distill"), _small("Qwen2"), True),
    "Nemotron 3": Student(_true("nemotron_3_nano"), _small("Llama"), True, True),
    # no GGUF: llama.cpp takes a typed [INST] for the token, which orca2 refuses
    "Mistral": Student(lambda: MISTRAL, _small("Mistral", sliding_window=None), False),
    "SmolLM2": Student(lambda: CHATML, _small("Llama"), False, True),
}  # fmt: skip


def learn(spec: Student, folder: Path) -> None:
    """Have a student learn when to think, and save it as `student` in a folder."""
    tokenizer = spec.tokenizer()
    spec.make(len(tokenizer)).save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")
    tokenizer = load_tokenizer(str(folder / "base"))  # as it will be read again
    model = load_model(str(folder / "base"), torch.float32, torch.device("cpu"))
    ensure_chat_template(model, tokenizer, "added")
    settings = Training(epochs=160, learning_rate=1e-2, row_tokens=1024, batch_tokens=10**6)
    record = train(model, tokenizer, LESSONS, settings, 0, "test")
    assert record.documents == 2 and record.loss[-1].loss < 0.05
    save(model, tokenizer, SYSTEM, folder / "student", {})
