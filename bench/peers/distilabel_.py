"""distilabel on the rows of `bench/asking.py`: peers/distilabel_.py BASE_URL ROWS CONCURRENCY.

A step asks the rows of one batch at once and waits for all of them, so the batch is as large as the concurrency.
"""

import json
import logging
import sys
import tempfile

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right


def main() -> None:
    base_url, rows, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        with Pipeline(name="asking", cache_dir=folder) as pipeline:
            data = [{"n": n, "instruction": prompt(n), "system_prompt": SYSTEM} for n in range(rows)]
            load = LoadDataFromDicts(data=data, batch_size=concurrency)
            llm = OpenAILLM(
                model=MODEL, base_url=base_url, api_key="none",
                generation_kwargs={"max_new_tokens": MOST, "temperature": 0.0},
            )  # fmt: skip
            ask = TextGeneration(llm=llm, input_batch_size=concurrency, add_raw_input=False, add_raw_output=False)
            load >> ask
        found = pipeline.run(use_cache=False)["default"]["train"]
    good = sum(right(row["n"], row["generation"]) for row in found)
    print(json.dumps({"rows": len(found), "right": good}))


if __name__ == "__main__":
    main()
