"""The program that rides in the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from . import _library


def _path() -> str:
    return os.environ.get("LACUNA_PROGRAM") or str(_library.folder / "lacuna")


def main() -> None:
    """Becomes the program: `lacuna` on the command line."""
    path = _path()
    os.execv(path, ["lacuna", *sys.argv[1:]])


def run(arguments: list[str]) -> str:
    """What the program prints.

    Raises LacunaError with what it says where it fails.
    """
    done = subprocess.run([_path(), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise _library.LacunaError(done.stderr.strip() or f"lacuna {' '.join(arguments)} ended with {done.returncode}")
    return done.stdout


def bench(*arguments: str) -> dict[str, Any]:
    """Times this machine's devices: `lacuna bench` with its options, such as bench("--quick"). Gives its JSON."""
    return json.loads(run(["bench", *arguments, "--json"]))
