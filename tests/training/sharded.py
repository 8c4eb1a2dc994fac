"""Save a student that is sharded over processes: `torchrun sharded.py FOLDER OUT`."""

import sys
from pathlib import Path

import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from orca2.checkpoints.loading import load_tokenizer
from orca2.checkpoints.saving import save
from tests.training.conftest import load_tiny

torch.distributed.init_process_group("gloo")
source, out = map(Path, sys.argv[1:])
model = load_tiny(source)
processors = init_device_mesh("cpu", (torch.distributed.get_world_size(),))  # also where there are GPUs
for layer in model.model.layers:
    fully_shard(layer, mesh=processors)
fully_shard(model, mesh=processors)
assert all(isinstance(parameter, DTensor) for parameter in model.parameters())
folder = out / str(torch.distributed.get_rank())
folder.mkdir()
save(model, load_tokenizer(str(source)), "Be careful.", folder, {})
torch.distributed.destroy_process_group()
