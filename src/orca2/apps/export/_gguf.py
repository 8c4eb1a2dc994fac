"""A model of LLaMA's shape as a GGUF file, written with the `gguf` package alone: f16, q8_0 or q4_0."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch

from orca2.apps.export._vocabulary import vocabulary
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.errors import ModelError

Array = np.ndarray[Any, np.dtype[Any]]
Quant = gguf.GGMLQuantizationType
KINDS = {
    "f16": (Quant.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (Quant.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (Quant.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}
PLAIN: dict[Any, np.dtype[Any]] = {Quant.F32: np.dtype(np.float32), Quant.F16: np.dtype(np.float16)}
BLOCK = 32  # weights that share a scale; rows that are no multiple of it stay f16
ENDS = ("token_embd.weight", "output.weight")  # the vocabulary's rows lose most in four bits
SHAPES = ("LlamaForCausalLM", "MistralForCausalLM")


def write(model: Any, chat: ChatCodec, file: Path, name: str, kind: str, licence: str | None) -> None:
    """Write a GGUF file that llama.cpp, Ollama and `transformers` read. ModelError where it has no such form."""
    config = model.config
    _check(model)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name(name)
    if licence:
        writer.add_license(licence)
    writer.add_file_type(KINDS[kind][1])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    size = model.model.layers[0].self_attn.head_dim
    writer.add_rope_dimension_count(size)
    writer.add_key_length(size)
    writer.add_value_length(size)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    _add_vocabulary(writer, chat, model.get_input_embeddings().num_embeddings)
    _write_tensors(writer, model, KINDS[kind][0])


def _check(model: Any) -> None:
    config = model.config
    wrong = None
    if type(model).__name__ not in SHAPES:
        wrong = f"a model of type {config.model_type}"
    elif config.hidden_act != "silu" or getattr(config, "sliding_window", None):
        wrong = "a model with a sliding window or another activation than silu"
    elif config.rope_parameters["rope_type"] not in ("default", "linear", "llama3"):
        wrong = f"rotary positions of type {config.rope_parameters['rope_type']}"
    if wrong:
        raise ModelError(f"{wrong} has no GGUF form here, only LLaMA's shape has; export it as safetensors")


def _add_vocabulary(writer: Any, chat: ChatCodec, rows: int) -> None:
    tokenizer, found = chat.tokenizer, vocabulary(chat, rows)
    writer.add_vocab_size(rows)
    writer.add_tokenizer_model(found.model)
    writer.add_tokenizer_pre(found.pre)
    writer.add_token_list(found.tokens)
    writer.add_token_types(found.kinds)
    if found.model == "llama":
        writer.add_token_scores(found.scores)
    else:
        writer.add_token_merges(found.merges)
    writer.add_add_space_prefix(found.space_prefix)
    writer.add_add_bos_token(bool(chat.bos_text))
    writer.add_add_eos_token(False)
    named = {
        writer.add_bos_token_id: tokenizer.bos_token_id,
        writer.add_eos_token_id: chat.end if tokenizer.eos_token_id is None else tokenizer.eos_token_id,
        writer.add_eot_token_id: chat.end,
        writer.add_unk_token_id: tokenizer.unk_token_id,
        writer.add_pad_token_id: tokenizer.pad_token_id,
    }
    for add, number in named.items():
        if number is not None and number < rows:  # padding may lie beyond them
            add(number)
    writer.add_chat_template(chat.for_llama_cpp())


def _write_tensors(writer: Any, model: Any, quant: Any) -> None:
    """Names and shapes first, then one tensor after the other, so that no second copy of a model is in memory."""
    plan = [(name, tensor, _quant(name, tensor, quant)) for name, tensor in _tensors(model)]
    for name, tensor, kind in plan:
        shape = gguf.quant_shape_to_byte_shape(tensor.shape, kind) if kind not in PLAIN else tuple(tensor.shape)
        dtype = PLAIN.get(kind, np.dtype("uint8"))
        writer.add_tensor_info(name, shape, dtype, int(np.prod(shape)) * dtype.itemsize, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for _, tensor, kind in plan:
        writer.write_tensor_data(gguf.quantize(tensor.float().cpu().numpy(), kind))
    writer.close()


def _tensors(model: Any) -> Iterator[tuple[str, torch.Tensor]]:
    config = model.config
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    tied = model.lm_head.weight is model.get_input_embeddings().weight
    for own, tensor in model.state_dict().items():
        if own == "lm_head.weight" and tied:
            continue
        name = names.get_name(own, try_suffixes=(".weight", ".bias"))
        if name is None:
            raise ModelError(f"the weight {own} has no GGUF form here; export it as safetensors")
        part = own.split(".")[-2]
        yield name, _permuted(tensor, heads[part]) if part in heads else tensor
    if config.rope_parameters["rope_type"] == "llama3":
        rotary = model.model.rotary_emb
        size = 2 * len(rotary.inv_freq)
        plain = config.rope_parameters["rope_theta"] ** -(torch.arange(0, size, 2).float() / size)
        yield "rope_freqs.weight", plain / rotary.inv_freq.cpu()


def _permuted(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """llama.cpp turns neighbouring pairs, `transformers` the two halves of a head."""
    return weight.reshape(heads, 2, -1, *weight.shape[1:]).transpose(1, 2).reshape(weight.shape)


def _quant(name: str, tensor: torch.Tensor, quant: Any) -> Any:
    if tensor.ndim == 1:
        return Quant.F32
    if quant is Quant.F16 or tensor.shape[-1] % BLOCK:
        return Quant.F16
    return Quant.Q8_0 if name in ENDS else quant
