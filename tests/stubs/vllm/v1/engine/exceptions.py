"""Ray ends the process of an engine that has died, and makes another."""


class EngineDeadError(Exception):
    pass
