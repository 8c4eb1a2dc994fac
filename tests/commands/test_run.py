"""`run` and `check`: what they are given, and what else might have been meant."""

from pathlib import Path

from tests.conftest import Run
from tests.test_cli import refused


def test_check_says_every_fault_or_that_there_is_none(run: Run, tmp_path: Path, tiny: Path) -> None:
    recipe = tmp_path / "r.toml"
    text = f'name = "r"\n[tasks]\nsource = "synthetic"\n[student]\nmodel = "{tiny}"\n[teacher]\nmodel = "solver"\n'
    recipe.write_text(text)
    code, out, err = run("check", recipe, "seed=2")
    assert code == 0 and "calls, if none is kept from before" in out, err
    assert out.endswith(f"nothing is wrong with {recipe}; to run it: orca2 run {recipe} seed=2\n")
    code, out, err = run("check", recipe, "teacher.model=slover", "tasks.source=synthetik")
    lines = err.splitlines()
    assert code == 2 and not out and len(lines) == 2 and all(line.startswith("orca2: ") for line in lines), err
    assert "did you mean 'solver'" in err and "did you mean 'synthetic'" in err
    assert [path.name for path in tmp_path.iterdir()] == ["r.toml"]


def test_run_takes_a_recipe_or_a_run(run: Run, odd: Path) -> None:
    assert "give a recipe (.toml) or a run folder" in refused(run, "run", "empty")
    assert "lies in the run folder run; type: orca2 run run" in refused(run, "run", "run/record.json")
    assert "leave it out" in refused(run, "run", "run", "--run", "other")
    assert "is no record of a run" in refused(run, "run", "run")
    assert "no 'trian' (did you mean 'train'?)" in refused(run, "run", "a recipe.toml", "--until", "trian")
    assert "is a run folder; ablate takes the recipe" in refused(run, "ablate", "run")
