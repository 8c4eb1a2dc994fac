"""LoRA and QLoRA: adapters on a frozen base for training, a plain model again for the checkpoint."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import torch

from orca2.checkpoints.loading import load_weights
from orca2.checkpoints.quiet import quiet_libraries
from orca2.errors import RecipeError, missing_extra
from orca2.sections import Training


def load_quantised(place: str, device: torch.device) -> Any:
    """A base in 4 bits (nf4, scales quantised too), which computes in bfloat16."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise missing_extra("bitsandbytes", "lora")
    from transformers import BitsAndBytesConfig

    bits = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return load_weights(place, torch.bfloat16, quantization_config=bits, device_map={"": device})


@quiet_libraries()
def attach(model: Any, settings: Training, seed: int, new_tokens: Sequence[int] = ()) -> Any:
    """Freeze a model and put adapters into it, in place; returns peft's handle on them.

    The rows of `new_tokens`, which the base has never seen, are trained as they are.
    """
    if importlib.util.find_spec("peft") is None:
        raise missing_extra("peft", "lora")
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        target_modules=settings.lora_targets or "all-linear",
        trainable_token_indices=_rows(model, new_tokens),
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(seed)
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise RecipeError(f"lora_targets = {settings.lora_targets}: {error}") from error


@quiet_libraries()
def merged(adapted: Any, base: Callable[[], Any] | None) -> Any:
    """The plain model with its adapters added to its weights, in float32.

    `base` loads the untouched base where the one trained on is quantised: adding to rounded
    weights would keep their error.
    """
    if base is not None:
        from peft import get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict

        trained = get_peft_model_state_dict(adapted)
        adapted = get_peft_model(base(), adapted.peft_config["default"])
        set_peft_model_state_dict(adapted, trained)
    return adapted.float().merge_and_unload()


def _rows(model: Any, tokens: Sequence[int]) -> dict[str, list[int]] | None:
    """Those rows of the embedding and, where it is another tensor, of the head."""
    if not tokens:
        return None
    names = {module: name for name, module in model.named_modules()}
    embedding, head = model.get_input_embeddings(), model.get_output_embeddings()
    both = [embedding] if head.weight is embedding.weight else [embedding, head]
    return {names[module].rpartition(".")[2]: list(tokens) for module in both}
