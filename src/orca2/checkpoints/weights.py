"""A causal language model that has every weight from its files: none is made up at random, none is dropped unsaid."""

import json
import pickle
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from orca2.checkpoints.files import shown
from orca2.checkpoints.quiet import quiet_libraries
from orca2.errors import ModelError
from orca2.progress import console

ADAPTER = "adapter_config.json"


def read(place: str, **how: Any) -> Any:
    """What `from_pretrained` makes of a folder or hub id, or of a file in it (`gguf_file`); `how` is passed on to it.

    ModelError where a weight of the model is missing or of another shape, and where the files hold more layers than
    the model has. What else they hold and the model has no use for is said.
    """
    try:
        # weights_only: a .bin shard is a pickle, and may hold tensors alone
        model, loading_info = AutoModelForCausalLM.from_pretrained(
            place, trust_remote_code=False, weights_only=True, ignore_mismatched_sizes=True, output_loading_info=True,
            **how,
        )  # fmt: skip
    except Exception as error:  # five libraries read what may be damaged in any way
        raise failed(place, "the model does not load", error) from error
    named = f"{place}/{how['gguf_file']}" if "gguf_file" in how else place
    _check(named, model, loading_info)
    return model


def failed(place: str, what: str, error: Exception) -> ModelError:
    """One line from what a library raised."""
    message = (" ".join(str(error).split()) or type(error).__name__)[:200]
    if isinstance(error, pickle.UnpicklingError):
        return ModelError(f"{place}: a .bin file holds more than weights, and is not unpickled; use safetensors")
    if "trust_remote_code" in str(error) or "custom code" in message:
        return ModelError(f"{place}: it needs code of its own, which is never run; use a model that transformers has")
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return ModelError(f"{place}: {what} ({message}); free some memory, quantize it, or take a smaller model")
    if isinstance(error, ImportError):
        return ModelError(f"{place}: {what} ({message}); install what it names")
    return ModelError(
        f"{place}: {what} ({message}); check the name{' and its files' * (not isinstance(error, OSError))}"
    )


def _check(place: str, model: Any, loading_info: dict[str, Any]) -> None:
    if getattr(model, "_hf_peft_config_loaded", False):  # of a hub's repository; what its base lacked is not told
        raise adapter(place)
    if others := [*loading_info["mismatched_keys"], *_misshapen(model)]:
        first, theirs, ours = min(others)
        raise ModelError(
            f"{place} has weights of other shapes ({len(others)}) than its configuration says, first {first}:"
            f" {tuple(theirs)} for {tuple(ours)}; give it the configuration and the weights of one model"
        )
    extra = set(loading_info["unexpected_keys"])
    if missing := _missing(model, set(loading_info["missing_keys"])):
        other, step = "", "copy or download it again"
        if extra:
            other = f" and has {len(extra)} others ({shown(extra)})"
            step = "these are of another model or of a wrapper, so save the model itself with save_pretrained"
        total = sum(1 for _ in model.parameters())
        raise ModelError(
            f"{place} lacks {len(missing)} of its model's {total} weights ({shown(missing)}){other}; {step}"
        )
    if deeper := _deeper(model, extra):
        raise ModelError(
            f"{place} has weights of layers that its configuration does not count ({shown(deeper)}); give it the"
            " configuration and the weights of one model"
        )
    if extra:
        message = (
            f"{place}: {len(extra)} of its weights are left out, for which this model has no place ({shown(extra)})"
        )
        console.print(message, soft_wrap=True, markup=False)


def adapter(place: str) -> ModelError:
    """What is said of a PEFT adapter, which is no whole model."""
    try:
        base = json.loads((Path(place) / ADAPTER).read_bytes())["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):  # on the hub, or it does not say
        base = "its base"
    return ModelError(
        f"{place} is a PEFT adapter, no whole model; merge it into {base} with merge_and_unload, and give the folder"
        " where save_pretrained wrote that"
    )


@quiet_libraries()
def lay_out(config: Any) -> Any:
    """The model that a configuration describes, without any memory for its weights."""
    try:
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except Exception as error:  # numbers that do not go together fail anywhere in a model's code
        raise failed(config.name_or_path, "its configuration makes no model", error) from error


def _missing(model: Any, names: set[str]) -> list[str]:
    """Parameters that came from nowhere: a buffer has its value from the code, a tied weight from the other."""
    there = {id(weight) for name, weight in model.named_parameters(remove_duplicate=False) if name not in names}
    return [name for name, weight in model.named_parameters() if id(weight) not in there]


def _misshapen(model: Any) -> Iterator[tuple[str, Sequence[int], Sequence[int]]]:
    """Layers that were quantized from a weight of another shape, which the library does not look at: name, shape of
    the weight, shape of the layer."""
    if getattr(model, "quantization_method", None) != "bitsandbytes":
        return
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            packed = getattr(module.weight, "quant_state", None)  # of four bits
            shape = tuple(module.weight.shape if packed is None else packed.shape)
            if shape != (module.out_features, module.in_features):
                yield f"{name}.weight", shape, (module.out_features, module.in_features)


def _deeper(model: Any, extra: Iterable[str]) -> list[str]:
    """Of weights that the model has no use for, those named as its own but for a number; some models are published
    with layers that predict further ahead, and say so."""
    if getattr(model.config.get_text_config(), "num_nextn_predict_layers", None):
        return []
    known = {_pattern(name) for name in model.state_dict()}
    return [name for name in extra if _pattern(name) in known]


def _pattern(name: str) -> str:
    return re.sub(r"\d+", "#", name)
