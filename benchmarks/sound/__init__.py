"""`./lathe bench sound`: the engine against its bars and against others.

One module a subject measures and says its rows; all that is asked of dsp stands in `engine`, all that is
asked of others in `peers`, and `meters` read what both have made.
"""

from benchmarks.sound.bench import command

__all__ = ["command"]
