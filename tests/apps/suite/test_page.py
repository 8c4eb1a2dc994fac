"""The pages of a suite in a real browser: nothing sticks out, every link leads somewhere, one click to the answers."""

from pathlib import Path
from typing import Any

import pytest

from orca2.apps.suite import Options, evaluate
from tests.apps.suite.conftest import answer, put_all
from tests.server import serve


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole suite, made before the browser starts."""
    folder = tmp_path_factory.mktemp("suite")
    with serve(answer) as (url, _):
        options = Options(
            "orca2", put_all(folder / "data"), folder / "out", model_name="stub", judge=url, judge_name="j"
        )
        return evaluate(url, options).parent


def test_the_pages_in_a_browser(made: Path, browser: Any) -> None:
    out = made
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 900})
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))  # noqa: B023
        page.on("pageerror", lambda error: troubles.append(str(error)))  # noqa: B023
        page.goto((out / "suite.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="cut off 50.0%").first.click()  # one click from the figure to the answers
        assert page.url.endswith("benchmarks/gsm8k.html#none-truncated")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        answers = page.locator("#none-truncated + details")
        answers.locator("summary").first.click()
        assert "First we take 1,000 and then" in answers.inner_text()
        page.get_by_role("link", name="orca2 suite").click()
        assert page.url.endswith("suite.html")
        for href in page.eval_on_selector_all("table a", "links => links.map(link => link.href)"):
            file, _, mark = href.removeprefix("file://").partition("#")
            assert not mark or f'id="{mark}"' in Path(file).read_text()
        assert not troubles
        page.close()
