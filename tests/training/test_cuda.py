"""What only a GPU can show: the kernel for packed documents, mixed precision, several GPUs, 4-bit bases."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model, load_tokenizer, locate
from orca2.sections import Training
from orca2.training import attention
from orca2.training.adapters import attach, load_quantised, merged
from orca2.training.mid_training_eval import EvalPoints
from orca2.training.rows import boundaries, pack
from orca2.training.spans import encode
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]
TWO = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs two CUDA GPUs")
BITS = pytest.mark.skipif(importlib.util.find_spec("bitsandbytes") is None, reason="needs bitsandbytes")
LORA = Training(method="qlora", dtype="bf16", lora_rank=4, learning_rate=1e-2, row_tokens=256, epochs=4)
RATE = Training(row_tokens=128, epochs=6, learning_rate=3e-3)
HERE = Path(__file__).parent
FSDP = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
}


def step(tiny: Path, out: Path, processes: int, *keys: str, **environment: str) -> dict[str, Any]:
    """What `one_step.py` wrote, run by so many processes."""
    run = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"] if processes > 1 else []
    command = [sys.executable, *run, str(HERE / "one_step.py"), str(tiny), str(out), *keys]
    where = {**os.environ, **environment, "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), *sys.path])}
    done = subprocess.run(command, env=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    made: dict[str, Any] = torch.load(out)
    return made


def far(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).norm() / other.norm())


def test_packed_documents_go_through_the_kernel_and_stay_alone(smol: str) -> None:
    """SmolLM2 in bfloat16: grouped heads, the documents of one row against each of them by itself."""
    place = locate(smol, Path())
    model = load_model(place, torch.bfloat16, torch.device("cuda")).eval()
    assert attention.supports_varlen(model, torch.bfloat16)
    chat = ChatCodec(load_tokenizer(place))
    packed = pack([encode(lesson, chat) for lesson in lessons(12)], 2048)
    assert len(packed.rows) == 1
    row, lengths = packed.row(0), packed.lengths(0)
    ids, positions = row["input_ids"].cuda(), row["position_ids"].cuda()
    extra = {k: v.cuda() if torch.is_tensor(v) else v for k, v in boundaries(lengths).items()}
    with torch.inference_mode(), attention.varlen(model):
        ours = model(ids, position_ids=positions, use_cache=False, **extra).logits[0].float()
    start = 0
    for length in lengths:
        with torch.inference_mode():
            alone = model(ids[:, start : start + length], use_cache=False).logits[0].float()
        assert far(ours[start : start + length], alone) < 0.02
        start += length


@pytest.mark.parametrize(("dtype", "most"), [("fp32", 1e-4), ("bf16", 0.03)])
def test_the_gradient_is_the_processors(tiny: Path, tmp_path: Path, dtype: str, most: float) -> None:
    """In bfloat16 the GPU goes through its kernel and the CPU one document at a time."""
    keys = ("batch_tokens=100000", "row_tokens=256")
    cpu = step(tiny, tmp_path / "cpu", 1, *keys, "dtype=fp32")
    gpu = step(tiny, tmp_path / "gpu", 1, *keys, f"dtype={dtype}", "device=cuda", NVIDIA_TF32_OVERRIDE="0")
    assert gpu["tokens"] == cpu["tokens"] > 0
    assert far(gpu["gradient"], cpu["gradient"]) < most


@TWO
def test_two_gpus_take_the_step_of_one(tiny: Path, tmp_path: Path) -> None:
    keys = ("batch_tokens=100000", "row_tokens=128", "device=cuda", "dtype=fp32")
    one = step(tiny, tmp_path / "one", 1, *keys, NVIDIA_TF32_OVERRIDE="0")
    two = step(tiny, tmp_path / "two", 2, *keys, NVIDIA_TF32_OVERRIDE="0")
    assert far(two["gradient"], one["gradient"]) < 1e-5


@TWO
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_weights_sharded_over_two_gpus_take_the_step_of_one(tiny: Path, tmp_path: Path, dtype: str) -> None:
    keys = ("batch_tokens=100000", "row_tokens=128", "device=cuda", f"dtype={dtype}")
    one = step(tiny, tmp_path / "one", 1, *keys, NVIDIA_TF32_OVERRIDE="0")
    two = step(tiny, tmp_path / "two", 2, *keys, NVIDIA_TF32_OVERRIDE="0", **FSDP)
    assert far(two["gradient"], one["gradient"]) < (1e-5 if dtype == "fp32" else 0.03)


@BITS
def test_a_base_in_four_bits_learns_and_is_left_behind_when_merged(tiny: Path) -> None:
    """The update of the adapters goes onto the whole base, near what LoRA on it would have learned."""
    base = load_quantised(str(tiny), torch.device("cuda"))
    adapted = attach(base, LORA, 0)
    record = train(base, load_tokenizer(str(tiny)), lessons(24), LORA, 0, "test")
    assert record.loss[-1].loss < record.loss[0].loss
    learned = {n: m.get_delta_weight("default") for n, m in base.named_modules() if hasattr(m, "get_delta_weight")}
    plain, whole = merged(adapted, lambda: load_tiny(tiny).cuda()), load_tiny(tiny).cuda()
    for name, delta in learned.items():
        moved = plain.get_submodule(name).weight - whole.get_submodule(name).weight
        assert delta.norm() > 0 and torch.allclose(moved, delta.float(), atol=1e-4)


@BITS
@TWO
def test_two_gpus_take_the_step_of_one_on_a_base_in_four_bits(tiny: Path, tmp_path: Path) -> None:
    keys = ("batch_tokens=100000", "row_tokens=128", "device=cuda", "dtype=bf16", "method=qlora")
    one, two = step(tiny, tmp_path / "one", 1, *keys), step(tiny, tmp_path / "two", 2, *keys)
    assert one["gradient"].norm() > 0 and far(two["gradient"], one["gradient"]) < 0.03


@BITS
def test_moments_in_eight_bits_learn_as_whole_ones_do(tiny: Path) -> None:
    ends = []
    for optimizer in ("adamw", "adamw_8bit"):
        model = load_tiny(tiny).cuda()
        settings = RATE.model_copy(update={"optimizer": optimizer})
        ends.append(train(model, load_tokenizer(str(tiny)), lessons(48), settings, 0, "test").loss[-1].loss)
    assert ends[1] == pytest.approx(ends[0], rel=0.05)


def test_a_look_leaves_a_training_as_it_was(tiny: Path) -> None:
    made = []
    for points in (None, EvalPoints(2, lambda learned, student, told: None)):
        model = load_tiny(tiny).cuda()
        train(model, load_tokenizer(str(tiny)), lessons(24), Training(row_tokens=128), 0, "test", eval_points=points)
        made.append(flat(model))
    assert torch.equal(*made)


def test_training_on_a_gpu_is_repeatable_and_learns(tiny: Path) -> None:
    model = load_tiny(tiny).cuda()
    record = train(model, load_tokenizer(str(tiny)), lessons(48), RATE, 0, "test")
    losses = [point.loss for point in record.loss]
    assert losses[-1] < 0.8 * losses[0] and record.mfu is not None
    again = load_tiny(tiny).cuda()
    assert train(again, load_tokenizer(str(tiny)), lessons(48), RATE, 0, "test").loss == record.loss


def test_compiled_layers_take_the_plain_steps(tiny: Path) -> None:
    """In bfloat16, through the kernel for packed documents, whose rows are of several lengths."""
    losses = {}
    for compiled in (False, True):
        model = load_tiny(tiny).cuda()
        settings = Training(row_tokens=128, epochs=2, compile=compiled)
        record = train(model, load_tokenizer(str(tiny)), lessons(24), settings, 0, "test")
        losses[compiled] = [point.loss for point in record.loss]
    assert losses[True] == pytest.approx(losses[False], rel=0.01)
