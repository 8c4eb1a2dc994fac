"""LoRA: only adapters move, all of them do, and the merged checkpoint answers as the adapted model did."""

from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.errors import MissingExtra, RecipeError
from orca2.sections import Training
from orca2.training import adapters
from orca2.training.adapters import attach, load_quantised, merged
from orca2.training.loss import AnswerLoss
from orca2.training.rows import pack
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny
from tests.training.test_loss import DOCUMENTS, SMALL, assert_same

pytestmark = pytest.mark.slow  # each of them trains

IDS = torch.arange(3, 40)[None]
LORA = Training(method="lora", dtype="fp32", lora_rank=4, learning_rate=1e-2, row_tokens=256, epochs=2)


@pytest.fixture(autouse=True)
def _peft(request: pytest.FixtureRequest) -> None:
    if "absent" not in request.node.name:
        pytest.importorskip("peft", reason="the extra lora is not installed (make test installs it)")


def untie(model: Any) -> Any:
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    model.config.tie_word_embeddings = False
    return model


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("new", [[], [1, 2]])
@pytest.mark.parametrize("targets", [[], ["q_proj", "lm_head"]])
def test_every_adapter_moves_within_two_steps_and_nothing_else_does(
    tiny: Path, tokenizer: Any, tied: bool, new: list[int], targets: list[str]
) -> None:
    if (tied and "lm_head" in targets) or (not tied and new and targets):
        pytest.skip("an adapter on a tied head would be one on the embedding too; rows or an adapter for one head")
    model = load_tiny(tiny) if tied else untie(load_tiny(tiny))
    settings = LORA.model_copy(update={"lora_targets": targets, "batch_tokens": 10**6})
    adapted = attach(model, settings, 0, new)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    learning = {name for name, p in model.named_parameters() if p.requires_grad}
    assert learning and all("lora_" in name or "token_adapter" in name for name in learning)
    train(model, tokenizer, lessons(8), settings, 0, "t")
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name]) != (name in learning), name
    model.eval()
    with torch.no_grad():
        expected = model(IDS).logits
        plain = merged(adapted, None).eval()
        assert torch.allclose(plain(IDS).logits, expected, atol=1e-4)
    assert not any("lora" in name or "adapter" in name for name, _ in plain.named_parameters())
    assert set(plain.state_dict()) == set((load_tiny(tiny)).state_dict())
    if new:
        assert not torch.equal(plain.get_input_embeddings().weight[1], load_tiny(tiny).get_input_embeddings().weight[1])


@pytest.mark.parametrize("targets", [[], ["q_proj", "lm_head"]])
def test_the_loss_is_the_plain_one_also_with_an_adapter_on_the_head(targets: list[str]) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SMALL, tie_word_embeddings=False))
    attach(model, LORA.model_copy(update={"lora_targets": targets}), 0)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    assert assert_same(model, pack(DOCUMENTS, 4096), DOCUMENTS).fused


def test_a_rounded_base_is_left_behind_when_adapters_are_merged(tiny: Path, tokenizer: Any) -> None:
    """The base of the training stands in for a 4-bit one: what comes out is the exact base plus the adapters."""
    rounded = load_tiny(tiny)
    with torch.no_grad():
        for parameter in rounded.parameters():
            parameter.copy_((parameter * 16).round() / 16)
    adapted = attach(rounded, LORA, 0)
    train(rounded, tokenizer, lessons(8), LORA, 0, "t")
    deltas = {
        name: module.get_delta_weight("default").detach().clone()
        for name, module in rounded.named_modules()
        if hasattr(module, "get_delta_weight")
    }
    plain, base = merged(adapted, lambda: load_tiny(tiny)), load_tiny(tiny)
    assert deltas
    for name, delta in deltas.items():
        found = plain.get_submodule(name).weight - base.get_submodule(name).weight
        assert delta.norm() > 0 and torch.allclose(found, delta, atol=1e-6)


def test_the_same_seed_makes_the_same_adapters(tiny: Path, tokenizer: Any) -> None:
    found = []
    for _ in range(2):
        model = load_tiny(tiny)
        adapted = attach(model, LORA, 4)
        train(model, tokenizer, lessons(8), LORA, 4, "t")
        found.append(flat(merged(adapted, None)))
    assert torch.equal(*found)


def test_an_unknown_target_is_named(tiny: Path) -> None:
    with pytest.raises(RecipeError, match=r"lora_targets = \['q_prj'\].*q_prj"):
        attach(load_tiny(tiny), LORA.model_copy(update={"lora_targets": ["q_prj"]}), 0)


def test_an_absent_package_names_its_extra(monkeypatch: pytest.MonkeyPatch, tiny: Path) -> None:
    monkeypatch.setattr(adapters.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"peft is not installed.*orca2\[lora\]"):
        attach(None, LORA, 0)
    with pytest.raises(MissingExtra, match=r"bitsandbytes is not installed.*orca2\[lora\]"):
        load_quantised(str(tiny), torch.device("cpu"))


def test_the_head_stays_fused_under_adapters_elsewhere(tiny: Path) -> None:
    model = load_tiny(tiny)
    attach(model, LORA, 0)
    assert AnswerLoss(model).fused and type(model.get_output_embeddings()) is torch.nn.Linear
