"""Rows asked on a cluster of two nodes come out as in one process; what dies costs what it had on the way."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.converse import converse
from orca2.asking.engine import Ask, run_all
from orca2.core.types import Call, Completion, Message, Request
from orca2.errors import ModelError, RunError
from orca2.models.openai import load
from orca2.scale.asking import Askers
from orca2.sections import Cluster
from orca2.testing.fake_teacher.process import counts, teacher
from tests.conftest import Run
from tests.doubling import write_recipe, write_rows
from tests.server import Refusal, completion, serve

IN_FLIGHT = 16
SLOW = '[latency]\nkind = "uniform"\nlow = 0.02\nhigh = 0.2\n'
FAULTY = SLOW + "[faults]\nerror_500 = 0.03\nreset = 0.03\n"
pytestmark = pytest.mark.slow  # Ray takes seconds to start
Client = Callable[..., ModelClient]


@pytest.fixture
def client(joined: Cluster, tmp_path: Path) -> Iterator[Client]:
    """A model asked by the processes of the cluster; its cache is the same each time."""
    cache = Cache(tmp_path / "answers.sqlite")

    def make(url: str, budget: Any = None, **options: Any) -> ModelClient:
        model = load("fake-teacher", url, **{"concurrency": IN_FLIGHT, "retries": 20} | options)
        askers = Askers(joined, str(tmp_path / "shards"), "test", cache)
        return ModelClient(model, cache, None, budget, askers)

    yield make
    cache.close()


async def once(n: int, ask: Ask) -> Completion:
    return await ask(question(n))


def question(n: int, **more: Any) -> Request:
    return Request((Message("user", f"What? [{n}]"),), 64, **more)


def right(found: dict[int, Completion]) -> int:
    return sum(f" {n}." in f"{completion.text} " for n, completion in found.items())


def pids(client: ModelClient) -> list[int]:
    """The processes that ask."""
    import ray

    named = ray.util.list_named_actors(all_namespaces=True)
    actors = [ray.get_actor(row["name"], namespace=row["namespace"]) for row in named if "asker" in row["name"]]
    return [told["pid"] for told in ray.get([actor.describe.remote() for actor in actors])]


def test_each_row_is_asked_once_within_the_limit_of_the_account_and_kept(client: Client) -> None:
    with teacher(FAULTY) as url:
        model = client(url)
        found = dict(run_all(model, range(300), once))
        page = counts(url)
        assert right(found) == 300 and page["paid"] == page["contents_paid"] == 300
        assert page["in_flight_most"] <= IN_FLIGHT
        model.ledger.check()
        assert model.ledger.requests == model.ledger.asked == model.ledger.accepted == 300
        again = client(url)
        assert dict(run_all(again, range(300), once)) == found and counts(url)["paid"] == 300
        assert again.ledger.cached == 300 and not Path(again.distributor.processes.folder.root).exists()  # type: ignore[union-attr]


def test_a_process_that_is_killed_costs_what_it_had_on_the_way(client: Client) -> None:
    rng = random.Random(3)
    with teacher(SLOW) as url:
        model, found, killed = client(url), dict[int, Completion](), 0
        for n, completion in run_all(model, range(400), once):
            found[n] = completion
            if killed < 2 and len(found) > 80 * (killed + 1):
                os.kill(rng.choice(pids(model)), signal.SIGKILL)
                killed += 1
        page = counts(url)
    assert killed == 2 and right(found) == len(found) == 400
    assert page["contents_paid"] == 400 and page["paid"] - 400 <= IN_FLIGHT * killed
    model.ledger.check()


def test_a_node_that_is_lost_costs_what_it_had_on_the_way(client: Client, nodes: Any) -> None:
    with teacher(SLOW) as url:
        model, found = client(url), dict[int, Completion]()
        lost = None
        for n, completion in run_all(model, range(400), once):
            found[n] = completion
            if lost is None and len(found) > 100:
                lost = nodes.worker_nodes and next(iter(nodes.worker_nodes))
                for process in lost.all_processes["raylet"]:
                    process.process.kill()
        page = counts(url)
    nodes.remove_node(lost, allow_graceful=False)
    nodes.add_node(num_cpus=1)
    assert right(found) == len(found) == 400
    assert page["contents_paid"] == 400 and page["paid"] - 400 <= IN_FLIGHT


DRIVER = """
import json, sys
from pathlib import Path
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import run_all
from orca2.models.openai import load
from orca2.scale.asking import Askers
from orca2.scale.connecting import connected
from orca2.sections import Cluster
from tests.scale.test_asking import once, right
url, rows, folder, address = sys.argv[1:]
spec, cache = Cluster(address=address, workers=2, worker_cpus=0.25), Cache(Path(folder, "driver.sqlite"))
with connected(spec):
    askers = Askers(spec, folder + "/shards", "driver", cache)
    client = ModelClient(load("fake-teacher", url, concurrency=16, retries=20), cache, distributor=askers)
    found = dict(run_all(client, range(int(rows)), once))
client.ledger.check()
print(json.dumps([right(found), client.ledger.asked]))
"""


def test_a_driver_that_is_killed_leaves_shards_which_the_next_one_takes_in(nodes: Any, tmp_path: Path) -> None:
    def start(url: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", DRIVER, url, "300", str(tmp_path), nodes.address]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with teacher(SLOW) as url:
        with start(url) as process:
            while counts(url)["paid"] < 100 and process.poll() is None:
                time.sleep(0.01)
            process.kill()
        with start(url) as process:
            said = process.communicate()[0]
        page = counts(url)
    answered, asked = json.loads(said.splitlines()[-1])
    assert answered == 300 and page["contents_paid"] == 300 and page["paid"] - 300 <= IN_FLIGHT
    assert asked <= 300 - 100 + IN_FLIGHT and not (tmp_path / "shards").exists()


def test_equal_requests_of_several_rows_are_paid_once(client: Client) -> None:
    async def equal(n: int, ask: Ask) -> Completion:
        return await ask(question(n % 10))

    with teacher(SLOW) as url:
        found = dict(run_all(client(url), range(100), equal))
        assert counts(url)["paid"] == 10 and right({n % 10: answer for n, answer in found.items()}) == 10


def test_a_conversation_goes_on_where_a_kept_answer_ends(client: Client) -> None:
    openings, calls = [question(n) for n in range(20)], [(Call("check", "Is that so? [7]"),)] * 20
    with teacher(SLOW) as url:
        dict(run_all(client(url), range(10), once))
        model = client(url)
        chains = converse(model, openings, calls, "draft", "")
        assert counts(url)["paid"] == 10 + 10 + 20
    assert all(chain.completion.text.endswith("7.") and len(chain.earlier) == 1 for chain in chains)
    assert (model.ledger.cached, model.ledger.asked) == (10, 30)


def test_the_cap_on_dollars_holds_over_all(client: Client) -> None:
    from orca2.asking.budget import Budget

    prices = {"in": 1000.0, "out": 1000.0}
    with serve(lambda messages: completion("yes")) as (url, _):
        budget = Budget(cap=3.0)
        model = client(url, budget, prices=prices, concurrency=4)
        with pytest.raises(ModelError, match=r"teacher.max_cost = 3: \$.* were spent"):
            dict(run_all(model, range(2000), once))
        spent = budget.spent
        assert 0 < spent <= 3.0 and spent > 3.0 - 4 * 0.1, spent
        assert spent == pytest.approx(model.ledger.cost)


def test_requests_a_minute_hold_over_all(client: Client) -> None:
    with teacher('[latency]\nkind = "fixed"\nlow = 0.01\n') as url:
        began = time.monotonic()
        dict(run_all(client(url, requests_per_minute=1200), range(150), once))
        seconds = time.monotonic() - began
        page = counts(url)
    assert page["refused"] == 0
    rate = page["paid"] / (page["last_paid"] - page["first_paid"])
    assert rate <= 20 * 1.1 and seconds >= 6, rate


def test_what_a_model_wants_written_otherwise_is_looked_up_anew(client: Client) -> None:
    def answer(messages: list[dict[str, str]]) -> Any:
        return Refusal(400, "messages: the role 'system' is not supported") if messages[0]["role"] == "system" else "so"

    async def with_system(n: int, ask: Ask) -> Completion:
        return await ask(Request((Message("system", "Be kind."), Message("user", f"What? [{n}]")), 64))

    with serve(answer) as (url, received):
        assert all(c.text == "so" for c in dict(run_all(client(url), range(20), with_system)).values())
        asked = len(received)
        assert all(c.text == "so" for c in dict(run_all(client(url), range(20), with_system)).values())
    assert len(received) - asked <= IN_FLIGHT  # refused ones, which nobody pays


def test_a_store_that_other_nodes_do_not_see_is_one_clear_line(joined: Cluster, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers.sqlite")
    with teacher("calm") as url:
        askers = Askers(joined, "memory://shards", "test", cache)
        model = ModelClient(load("fake-teacher", url), cache, distributor=askers)
        with pytest.raises(RunError, match=r"does not see memory://shards; name a folder or URL that all nodes reach"):
            dict(run_all(model, range(3), once))
    cache.close()


def test_what_ray_prints_of_nodes_is_held_back_by_a_part_that_is_there() -> None:
    from ray._private import worker

    from orca2.scale.connecting import PRINTING

    assert callable(getattr(worker, PRINTING))


def test_what_a_row_raises_ends_all(client: Client) -> None:
    async def breaks(n: int, ask: Ask) -> Completion:
        if n == 5:
            raise RunError("row 5 cannot be worked on; leave it out")
        return await ask(question(n))

    with teacher("calm") as url, pytest.raises(RunError, match="row 5 cannot"):
        dict(run_all(client(url), range(20), breaks))


def test_a_recipe_makes_the_same_artifacts_on_a_cluster(tiny: Path, tmp_path: Path, run: Run, spec: Cluster) -> None:
    """The profile by the teacher, verified sampling with a judge: byte by byte as in one process."""
    write_rows(tmp_path)

    def answer(messages: list[dict[str, str]]) -> str:
        if "please" not in messages[-1]["content"].split("\n")[0]:
            return "Rating: 9"
        number, seed = int(messages[-1]["content"].split()[1]), len(messages[0]["content"]) % 3
        return f"The answer is {2 * number if (number + seed) % 3 else 0}."

    with serve(answer) as (url, received):
        judge = {"model": "openai", "options": {"model": "j", "base_url": url}}
        recipe = write_recipe(tmp_path, tiny, url, judge=judge)
        sent = []
        for name in ("one", "many"):
            words: list[Any] = ["run", recipe, "--run", tmp_path / name, "--until", "erase"]
            words += [f"cache={tmp_path / name}.sqlite"]
            if name == "many":
                words += [f"--cluster={spec.address}", "cluster.workers=2", "cluster.worker_cpus=0.25"]
            before = len(received)
            code, _, said = run(*words)
            assert code == 0, said
            sent.append(len(received) - before)
    assert sent[0] == sent[1] > 20
    for name in ("tasks.jsonl", "profile.json", "demonstrations.jsonl", "verified.jsonl", "lessons.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes(), name
    asked = [json.loads((tmp_path / name / "record.json").read_text())["asked"]["teach"] for name in ("one", "many")]
    assert asked[0] == asked[1]
