"""A stage as a value finds its work by its name, and asks for input files only where there are any."""

import pytest

from orca2 import stages
from orca2.run.stage import Stage


@pytest.mark.parametrize("stage", stages.STAGES, ids=lambda stage: stage.name)
def test_every_stage_has_what_it_says(stage: Stage) -> None:
    module = stage._module()
    assert callable(module.run) and stage.help.endswith(".")
    assert hasattr(module, "follow") == stage.trains
    assert hasattr(module, "dry_run") == (stage.trains or stage.asks)


def test_needs_come_before() -> None:
    names = [stage.name for stage in stages.STAGES]
    for place, stage in enumerate(stages.STAGES):
        assert set(stage.needs) <= set(names[:place])
    made = [name for stage in stages.STAGES for name in stage.makes]
    assert len(made) == len(set(made)) and stages.BY_NAME.keys() == set(names)
