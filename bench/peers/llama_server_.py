"""llama.cpp's own HTTP server over a GGUF file: FILE PORT KEY ROWS. It runs until it is ended."""

import sys
import threading

import xllamacpp

file, port, key, rows = sys.argv[1:]
settings = xllamacpp.CommonParams()
settings.model.path = file
settings.port = int(port)  # on 127.0.0.1, as it comes
settings.n_parallel, settings.n_ctx = int(rows), 1024 * int(rows)
settings.cpuparams.n_threads = 2
settings.use_jinja, settings.endpoint_metrics = True, True
settings.verbosity, settings.api_keys = -1, [key]
server = xllamacpp.Server(settings)
threading.Event().wait()
