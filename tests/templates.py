"""Chat templates in the shapes of well-known models, each with a tiny tokenizer of the same kind."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

TEXT = [
    "You are a cautious assistant. You carefully follow instructions.",
    "What is seven plus one?\n\nLet's think: 7 + 1 = 8. So the answer is 8.",
    "user assistant system model User: Assistant:\n",
]
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Shape:
    """A template, its tokenizer, and what an encoding has to find out about the two."""

    template: str
    specials: tuple[str, ...]
    bos: str | None
    eos: str
    end: str  # ends an answer
    system: Literal["turn", "mixed", "refused"] = "turn"
    lead: str = ""  # stands between prompt and answer
    tail: str = ""  # stands between answer and end
    trims: bool = False
    adds_bos: bool = False  # the tokenizer does, whatever the template says
    plain: tuple[str, ...] = ()  # control tokens that the tokenizer does not know as special
    pieces: Literal["bytes", "first", "always"] = "bytes"  # byte-level, or SentencePiece's ▁ at the first or each run


SHAPES = {
    "orca2": Shape(
        CHATML.replace("assistant\n'", "assistant'"), ("<|im_start|>", "<|im_end|>"), "<s>", "</s>", "<|im_end|>",
        lead="\n", adds_bos=True, pieces="first",
    ),
    "llama3": Shape(
        "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + "
        "message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}"
        "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
        ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"), "<|begin_of_text|>", "<|end_of_text|>",
        "<|eot_id|>", trims=True, adds_bos=True,
    ),
    "qwen": Shape(
        "{%- if messages[0]['role'] == 'system' %}\n"
        "    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}\n"
        "{%- else %}\n    {{- '<|im_start|>system\\nYou are Qwen.<|im_end|>\\n' }}\n{%- endif %}\n"
        "{%- for message in messages %}\n"
        "    {%- if (message.role == 'user') or (message.role == 'system' and not loop.first) or "
        "(message.role == 'assistant') %}\n"
        "        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n"
        "    {%- endif %}\n{%- endfor %}\n"
        "{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n{%- endif %}\n",
        ("<|im_start|>", "<|im_end|>"), None, "<|endoftext|>", "<|im_end|>",
    ),
    "gemma": Shape(
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
        "{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if (message['role'] == 'assistant') %}"
        "{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}"
        "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
        ("<start_of_turn>", "<end_of_turn>"), "<bos>", "<eos>", "<end_of_turn>",
        system="refused", trims=True, adds_bos=True, pieces="first",
    ),
    "mistral": Shape(
        "{%- if messages[0]['role'] == 'system' %}\n    {%- set system_message = messages[0]['content'] %}\n"
        "    {%- set loop_messages = messages[1:] %}\n{%- else %}\n    {%- set loop_messages = messages %}\n"
        "{%- endif %}\n{{- bos_token }}\n{%- for message in loop_messages %}\n"
        "    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\n"
        "        {{- raise_exception('roles must alternate user/assistant') }}\n    {%- endif %}\n"
        "    {%- if message['role'] == 'user' %}\n        {%- if loop.last and system_message is defined %}\n"
        "            {{- '[INST] ' + system_message + '\\n\\n' + message['content'] + '[/INST]' }}\n"
        "        {%- else %}\n            {{- '[INST] ' + message['content'] + '[/INST]' }}\n        {%- endif %}\n"
        "    {%- else %}\n        {{- ' ' + message['content'] + eos_token }}\n    {%- endif %}\n{%- endfor %}\n",
        ("[INST]", "[/INST]"), "<s>", "</s>", "</s>", system="mixed", lead=" ", adds_bos=True, pieces="first",
    ),
    "old mistral": Shape(
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% endif %}{% endfor %}",
        (), "<s>", "</s>", "</s>", system="refused", adds_bos=True, pieces="always",
    ),
    "llama2": Shape(
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
        "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
        "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
        "{% if loop.index0 == 0 and system_message != false %}"
        "{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}"
        "{% else %}{% set content = message['content'] %}{% endif %}"
        "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}"
        "{% endfor %}",
        (), "<s>", "</s>", "</s>", lead=" ", tail=" ", trims=True, adds_bos=True, pieces="always",
    ),
    "drops the system message": Shape(
        "{% for message in messages %}{% if message.role == 'user' %}{{ 'User: ' + message.content + '\n' }}"
        "{% elif message.role == 'assistant' %}{{ 'Assistant: ' + message.content + '\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
        (), "<s>", "</s>", "</s>", system="refused", lead=" ", tail="\n", adds_bos=True,
    ),
    "chatml not special": Shape(
        CHATML, (), None, "<|endoftext|>", "<|im_end|>", plain=("<|im_start|>", "<|im_end|>"),
    ),
}  # fmt: skip


@cache
def make_tokenizer(name: str) -> Any:
    """The tokenizer of a shape. Shared: copy it before changing it."""
    from tokenizers import AddedToken, processors
    from transformers import PreTrainedTokenizerFast

    shape = SHAPES[name]
    controls = [*dict.fromkeys([shape.bos or shape.eos, shape.eos, *shape.specials])]
    model = _bytes(controls) if shape.pieces == "bytes" else _metaspace(controls, shape.pieces)
    if shape.adds_bos:
        assert shape.bos
        model.post_processor = processors.TemplateProcessing(
            single=f"{shape.bos} $A", special_tokens=[(shape.bos, model.token_to_id(shape.bos))]
        )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=model, bos_token=shape.bos, eos_token=shape.eos, clean_up_tokenization_spaces=False
    )
    tokenizer.add_special_tokens({"additional_special_tokens": list(shape.specials)})
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in shape.plain])
    tokenizer.chat_template = shape.template
    return tokenizer


def _bytes(controls: list[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=alphabet, special_tokens=controls, show_progress=False
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def _metaspace(controls: list[str], scheme: Literal["first", "always"]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    words = sorted({f"▁{word}" for line in TEXT for word in line.split()})
    characters = [*sorted({character for line in TEXT for character in line} - {" "}), "▁"]
    pieces = [("<unk>", 0.0), *((text, 0.0) for text in controls)]
    pieces += [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    pieces += [(text, -8.0 - len(text)) for text in characters if text != "\n"]
    pieces += [(text, -6.0) for text in words if len(text) > 2]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return tokenizer
