"""Compiles every kernel of the engine once, at set-up, so that nobody waits for it later."""

import importlib
import pkgutil

from dsp import kernels
from dsp.report import Report


def warm(report: Report) -> None:
    """Compile what is not compiled yet; at once when all is. `report` gets the share done and a kernel
    module's name.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(kernels.__path__))
    for done, name in enumerate(names):
        report(done / len(names), name)
        importlib.import_module(f"{kernels.__name__}.{name}")
    report(1.0, "ready")
