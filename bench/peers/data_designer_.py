"""NeMo Data Designer on the rows of `bench/asking.py`: peers/data_designer_.py BASE_URL ROWS CONCURRENCY."""

import json
import logging
import sys
import tempfile
from pathlib import Path

import data_designer.config as dd
import pandas as pd
from data_designer.interface import DataDesigner

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right


def main() -> None:
    base_url, rows, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    provider = dd.ModelProvider(name="asked", endpoint=base_url, provider_type="openai", api_key="OPENAI_API_KEY")
    model = dd.ModelConfig(
        alias="teacher", model=MODEL, provider="asked", skip_health_check=True,
        inference_parameters=dd.ChatCompletionInferenceParams(
            temperature=0.0, max_tokens=MOST, max_parallel_requests=concurrency
        ),
    )  # fmt: skip
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    seed = pd.DataFrame({"n": range(rows), "question": [prompt(n) for n in range(rows)]})
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=seed))
    builder.add_column(
        dd.LLMTextColumnConfig(name="text", model_alias="teacher", system_prompt=SYSTEM, prompt="{{ question }}")
    )
    designer = DataDesigner(artifact_path=Path(tempfile.mkdtemp()), model_providers=[provider])
    designer.set_run_config(dd.RunConfig(otel_metrics_port=None))
    logging.disable(logging.INFO)
    found = designer.create(builder, num_records=rows).load_dataset()
    good = sum(right(int(n), text) for n, text in zip(found["n"], found["text"], strict=True))
    print(json.dumps({"rows": len(found), "right": good}))


if __name__ == "__main__":
    main()
