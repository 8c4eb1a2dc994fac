"""Run a client's script here and add what it used to the JSON line that it prints: _ask_used.py SCRIPT WORDS."""

import contextlib
import io
import json
import resource
import runpy
import sys
from pathlib import Path

sys.argv = sys.argv[1:]
sys.path.insert(0, str(Path(sys.argv[0]).parent))
printed = io.StringIO()
if __name__ == "__main__":
    with contextlib.redirect_stdout(printed):
        runpy.run_path(sys.argv[0], run_name="__main__")
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    said = json.loads(printed.getvalue().strip().splitlines()[-1])
    print(json.dumps(said | {"cpu": cpu, "peak_mb": max(each.ru_maxrss for each in used) / 1024}))
