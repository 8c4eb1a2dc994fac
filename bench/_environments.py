"""A virtual environment for each peer, made on demand under `.bench/`, so that no peer's pins meet ours or another's.

Run: python bench/_environments.py makes those that are not there, about 4 GB.
"""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / ".bench"
TORCH = "torch==2.13.0"  # a looser range pulls gigabytes of CUDA
PEERS: dict[str, tuple[str, ...]] = {
    "lm_eval": (
        TORCH, "lm-eval[api,math]==0.4.13", "math-verify==0.9.0", "latex2sympy2-extended==1.11.0",
        "antlr4-python3-runtime==4.11.0", "datasets==5.2.0", "aiohttp==3.14.5",
    ),
    "lm_eval_hf": (
        TORCH, "lm-eval[api,hf]==0.4.13", "transformers==5.23.0", "accelerate==1.15.0", "datasets==5.2.0",
        "peft==0.21.2",
    ),
    "inspect": (
        "inspect-ai==0.3.285", "openai==3.57.0", "latex2sympy2-extended==1.11.0", "antlr4-python3-runtime==4.13.2",
    ),
    "lighteval": (TORCH, "lighteval==0.13.0", "latex2sympy2-extended==1.0.6", "antlr4-python3-runtime==4.13.2"),
    "trl": (
        TORCH, "trl==1.16.0", "transformers==5.23.0", "accelerate==1.15.0", "peft==0.21.2", "datasets==5.2.0",
        "gguf==0.19.0",
    ),
    "distilabel": ("distilabel[openai]==1.5.3", "openai==3.57.0", "datasets==5.2.0", "requests==2.34.2"),
    "curator": ("bespokelabs-curator==0.1.31", "litellm==1.83.7", "openai==2.30.0", "datasets==3.6.0"),
    "data_designer": ("data-designer==0.9.7", "httpx==0.28.1", "pandas==3.1.1"),
    "transformers_serve": (TORCH, "transformers[serving]==5.23.0", "accelerate==1.15.0"),
    "math_verify": ("math-verify==0.9.0", "latex2sympy2-extended==1.11.0", "antlr4-python3-runtime==4.13.2"),
}  # fmt: skip


def python(name: str) -> Path:
    """The interpreter of a peer's environment, there or not."""
    return HOME / name / "bin" / "python"


def there(name: str) -> bool:
    """Whether the environment was made whole, with the versions that are asked for now."""
    done = HOME / name / "done"
    return done.is_file() and done.read_text().split() == list(PEERS[name])


def make(name: str) -> None:
    """Make the environment, or bring it to the versions that are asked for; nothing if it is there."""
    if there(name):
        return
    subprocess.run([sys.executable, "-m", "venv", HOME / name], check=True)
    pip = [str(python(name)), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *PEERS[name]], check=True)
    (HOME / name / "done").write_text("\n".join(PEERS[name]) + "\n")


def main() -> None:
    for name in PEERS:
        print(name, "is there" if there(name) else "is being made", flush=True)
        make(name)


if __name__ == "__main__":
    main()
