"""Uploading a folder to the hub: a model that was exported, or lessons."""

from pathlib import Path
from typing import Literal

from orca2.errors import ModelError

Kind = Literal["model", "dataset"]


def check_token(option: str) -> None:
    """Before hours of work go into something that cannot be sent; `option` is what asked for it."""
    from huggingface_hub import get_token

    if get_token() is None:
        raise ModelError(f"{option}: no token of the hub is set; log in with `hf auth login`, or put one into HF_TOKEN")


def upload(folder: Path, repository: str, option: str, kind: Kind = "model") -> str:
    """Make the repository if it is not there, and add the folder's files to it; where they are then."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi()
    try:
        api.create_repo(repository, exist_ok=True, repo_type=kind)
        done = api.upload_folder(
            repo_id=repository, folder_path=folder, commit_message="Add what orca2 made", repo_type=kind
        )
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        said = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        again = f"hf upload {repository} {folder}" + (" --repo-type dataset" if kind == "dataset" else "")
        raise ModelError(
            f"{option} {repository}: the hub refused ({said}); the files are in {folder}: {again}"
        ) from error
    return str(done.commit_url).partition("/commit/")[0]
