"""`./lathe bench survive`: kill -9 at random moments of a working service, seen from outside.

`drive` starts a `service`, `artists` keep it busy, `faults` strike it; `evidence` is what can be seen of it
afterwards without any of its own code, and `checks` say what must hold in it.
"""

from benchmarks.survive.bench import command

__all__ = ["command"]
