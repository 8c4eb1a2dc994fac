from typing import Any

import pytest
import torch

from orca2.training import speed
from orca2.training.speed import Speed, flops


def test_a_token_costs_six_flops_a_weight_and_the_head_only_where_something_is_learned(network: Any) -> None:
    layers = sum(p.numel() for p in network.model.layers.parameters() if p.ndim == 2)
    head = network.lm_head.weight.numel()
    assert flops(network, 0.0) == (6 * layers, 6 * head)
    assert flops(network, 10.0)[0] == 6 * layers + 6 * 2 * 32 * 10
    network.requires_grad_(False)
    assert flops(network, 0.0) == (4 * layers, 4 * head)


def test_no_share_of_a_peak_that_is_not_known(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Speed(network, 0.0, 1)
    made.add(100, 10)
    assert made.mfu is None and str(made).endswith(" supervised/s")
    for name, value in (("NVIDIA H100 80GB HBM3", 989), ("NVIDIA A100-SXM4-80GB", 312), ("Tesla T4", 65), ("L40S", 0)):
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device, name=name: name)
        assert speed.peak(torch.device("cuda", 0)) == value
    made.peak = 2.0
    assert made.mfu and "MFU" in str(made)
