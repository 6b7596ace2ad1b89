"""Memory that is used again and again is fetched from the system once."""

import platform
import subprocess
import sys

import pytest

PAGES = 250
AGAIN = """
import resource
import numpy as np
from dsp.memory import keep_what_is_freed
keep_what_is_freed()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    pieces = [np.ones(100_000, np.uint8) for _ in range(10)]
    del pieces
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what other C libraries do is up to them")
def test_what_is_freed_is_there_for_the_next_piece() -> None:
    told = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 4 * PAGES
