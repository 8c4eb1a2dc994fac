"""Does a packed document see its neighbour? Asked of every student before it is trained on packs."""

from typing import Any

import torch

LENGTH = 24  # tokens of each of the two probe documents


@torch.no_grad()
def packing_is_isolated(model: Any, **attention: Any) -> bool:
    """Whether changing the first document of a row leaves the second one's logits as they were.

    Architectures with linear attention or convolutions ignore position ids and fail, or refuse such rows themselves
    (Qwen3.5's without flash-linear-attention). `attention` goes to the model as it will in training.
    """
    generator = torch.Generator().manual_seed(0)
    top = model.get_input_embeddings().weight.shape[0]
    ids = torch.randint(0, top, (1, 2 * LENGTH), generator=generator)
    other = ids.clone()
    other[:, :LENGTH] = torch.randint(0, top, (1, LENGTH), generator=generator)
    positions = torch.arange(LENGTH).repeat(2)[None]
    device = model.device
    try:
        first, second = (
            model(batch.to(device), position_ids=positions.to(device), use_cache=False, **attention)
            .logits[:, LENGTH:]
            .float()
            for batch in (ids, other)
        )
    except ValueError:
        return False
    return bool(torch.equal(first, second))
