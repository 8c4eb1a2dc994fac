"""Scenario files are strict, and the command serves what they say."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from orca2.errors import Orca2Error
from orca2.testing.fake_teacher.scenario import load
from tests.conftest import Run


@pytest.mark.parametrize("name", ["calm", "skewed", "storm", "faulty", "thinking"])
def test_the_built_in_ones_load(name: str) -> None:
    load(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sed = 1", "unknown key 'sed' (did you mean 'seed'?)"),
        ("[faults]\nreset = 0.6\nhang = 0.6", "add up to 1.2"),
        ("[faults]\nrest = 0.1", "unknown key 'faults.rest' (did you mean 'reset'?)"),
        ("[latency]\nkind = 'uniform'\nlow = 3.0", "low 3.0 is above high 2.0"),
        ("[limit]\nstorm_lasts = 1.0", "nothing would be let in"),
        ("[answer]\nmarker = '('", "no regular expression"),
        ("[answer]\nmarker = 'x'", "exactly one (group)"),
        ("[answer]\nkind = 'file'", "needs a file"),
        ("[answer]\nkind = 'file'\nfile = 'none.jsonl'", "none.jsonl: No such file"),
        ("[answer]\nkind = 'file'\nfile = 'scenario.toml'", "scenario.toml:1: no JSON object"),
        ("seed", "not valid TOML"),
    ],
)
def test_a_wrong_scenario_is_one_line(run: Run, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    code, out, err = run("fake-teacher", "--scenario", path, "--port", 0)
    assert code == 2 and out == "" and said in err and err.count("\n") == 1


def test_a_scenario_that_is_not_there() -> None:
    with pytest.raises(Orca2Error, match=r"no file clam \(did you mean 'calm'\?\)"):
        load("clam")


@pytest.mark.slow
def test_the_command_serves_until_ctrl_c_and_says_what_it_counted() -> None:
    command = [sys.executable, "-m", "orca2", "fake-teacher", "--scenario", "calm", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said.startswith("fake teacher (calm) at http://127.0.0.1:")
            url = said.split()[4].rstrip(",")
            asked = json.dumps({"model": "fake-teacher", "messages": [{"role": "user", "content": "[3]"}]}).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{url}/chat/completions", asked)) as response:
                assert json.loads(response.read())["model"] == "fake-teacher"
            port = url.split(":")[2].split("/")[0]
            second = subprocess.run([*command[:-1], port], capture_output=True, text=True, check=False)
            assert second.returncode == 2 and f"port {port} cannot be used" in second.stderr
            process.send_signal(signal.SIGINT)
            assert json.loads(process.stdout.readline())["paid"] == 1
            assert process.wait(10) == 0
        finally:
            process.kill()
