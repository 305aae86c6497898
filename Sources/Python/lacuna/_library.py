"""The shared library by ctypes: signatures as in lacuna.h, statuses as exceptions, calls that Ctrl-C ends."""

from __future__ import annotations

import ctypes
import json
import os
import threading
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_void_p
from pathlib import Path
from typing import Any, Callable

ABI_VERSION = 2
FLOAT64, FLOAT32 = 0, 1

PROGRESS = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64)

_TEXT, _HANDLE, _MESSAGE = POINTER(c_void_p), POINTER(c_void_p), [c_void_p, c_int64]

# Every function of lacuna.h: what it returns and takes.
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "lacuna_abi_version": (c_int32, []),
    "lacuna_version": (c_char_p, []),
    "lacuna_prepare": (None, []),
    "lacuna_text_free": (None, [c_void_p]),
    "lacuna_devices": (c_int32, [_TEXT, *_MESSAGE]),
    "lacuna_fit_create": (
        c_int32,
        [
            *[c_void_p, c_int32, c_int64, c_int64, c_int64, c_int64, c_void_p, c_char_p],
            *[PROGRESS, c_void_p, _HANDLE, *_MESSAGE],
        ],
    ),
    "lacuna_fit_create_sparse": (
        c_int32,
        [
            *[c_void_p, c_void_p, c_void_p, c_int32, c_int64, c_int64, c_char_p],
            *[PROGRESS, c_void_p, _HANDLE, *_MESSAGE],
        ],
    ),
    "lacuna_fit_free": (None, [c_void_p]),
    "lacuna_fit_summary": (c_int32, [c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_fit_learning": (c_int32, [c_void_p, PROGRESS, c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_fit_spectrum": (c_int32, [c_void_p, c_int32, PROGRESS, c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_fit_verdict": (c_int32, [c_void_p, PROGRESS, c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_fit_vector": (c_int32, [c_void_p, c_int32, c_void_p, c_int64, *_MESSAGE]),
    "lacuna_fit_vectors": (
        c_int32,
        [c_void_p, c_void_p, c_int64, POINTER(c_int32), POINTER(c_double), POINTER(c_int64), *_MESSAGE],
    ),
    "lacuna_fit_take_predictor": (c_int32, [c_void_p, c_void_p, c_void_p, *_MESSAGE]),
    "lacuna_release": (None, [c_void_p]),
    "lacuna_fit_predictor": (c_int32, [c_void_p, c_void_p, c_int32, c_int64, *_MESSAGE]),
    "lacuna_fit_factors": (c_int32, [c_void_p, c_void_p, c_int32, c_int64, c_void_p, c_int64, *_MESSAGE]),
    "lacuna_fit_residuals": (c_int32, [c_void_p, c_void_p, c_int32, c_int64, *_MESSAGE]),
    "lacuna_fit_filled": (c_int32, [c_void_p, c_void_p, c_int64, *_MESSAGE]),
    "lacuna_study_create": (c_int32, [c_char_p, c_char_p, c_char_p, c_int32, _HANDLE, *_MESSAGE]),
    "lacuna_study_free": (None, [c_void_p]),
    "lacuna_study_theory": (c_int32, [c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_study_run": (c_int32, [c_void_p, c_char_p, PROGRESS, c_void_p, *_MESSAGE]),
    "lacuna_study_results": (c_int32, [c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_study_trials": (c_int32, [c_void_p, _TEXT, *_MESSAGE]),
    "lacuna_study_rows": (
        c_int32,
        [c_void_p, c_int64, c_char_p, c_void_p, POINTER(c_int64), POINTER(c_int64), *_MESSAGE],
    ),
    "lacuna_spectral_density": (c_int32, [c_char_p, c_char_p, c_char_p, c_int64, _TEXT, *_MESSAGE]),
    "lacuna_optimal_ridge": (c_int32, [c_char_p, c_char_p, c_char_p, _TEXT, *_MESSAGE]),
    "lacuna_threshold": (c_int32, [c_char_p, c_char_p, c_char_p, _TEXT, *_MESSAGE]),
}


class LacunaError(RuntimeError):
    """What the library refuses or cannot do."""


class ArgumentError(LacunaError, ValueError):
    """An option, a shape or data without meaning."""


class ConfigurationError(LacunaError, ValueError):
    """A configuration that is refused."""


class DataError(LacunaError, ValueError):
    """Data without what was asked of them."""


class OutOfMemory(LacunaError, MemoryError):
    """More than the device holds."""


class DeviceError(LacunaError):
    """A device that is not there, or failed."""


class Cancelled(LacunaError):
    """A call that was ended."""


_ERRORS = {
    1: ArgumentError,
    2: ConfigurationError,
    3: DataError,
    4: OutOfMemory,
    5: DeviceError,
    6: Cancelled,
}

folder = Path(__file__).parent / "lib"
_lock = threading.Lock()
_library: ctypes.CDLL | None = None
_is_forked = False


def _note_fork() -> None:
    global _is_forked, _lock
    _is_forked = _library is not None
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_note_fork)


def computing(device: str, precision: str, threads: int | None) -> dict[str, Any]:
    """Options of where to compute. A forked child has none of its parent's threads and drivers: the host, one thread."""
    if _is_forked:
        return {"device": "host" if device == "auto" else device, "precision": precision, "threads": 1}
    return {"device": device, "precision": precision, "threads": threads}


def load() -> ctypes.CDLL:
    """The library, loaded once. LACUNA_LIBRARY names another file than the package's own."""
    global _library
    with _lock:
        if _library is not None:
            return _library
        path = os.environ.get("LACUNA_LIBRARY") or str(folder / "liblacuna.so")
        # OpenBLAS reads once, as it is loaded, how long its threads spin before they sleep.
        key = "OPENBLAS_THREAD_TIMEOUT"
        is_unset = key not in os.environ
        if is_unset:
            os.environ[key] = "19"
        try:
            library = ctypes.CDLL(path)
        finally:
            if is_unset:
                del os.environ[key]
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        if library.lacuna_abi_version() != ABI_VERSION:
            raise LacunaError(f"{path} has interface {library.lacuna_abi_version()}, this package {ABI_VERSION}")
        _library = library
        return library


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a status and writes a message.

    Raises the exception of the status.
    """
    message = ctypes.create_string_buffer(2048)
    status = getattr(load(), name)(*arguments, ctypes.addressof(message), len(message))
    if status:
        raise _ERRORS.get(status, LacunaError)(message.value.decode("utf-8", "replace"))


def text(name: str, *arguments: Any) -> str:
    """The text that a function gives."""
    out = c_void_p()
    call(name, *arguments, ctypes.byref(out))
    try:
        return ctypes.string_at(out.value).decode("utf-8") if out.value else ""
    finally:
        load().lacuna_text_free(out)


def watched(work: Callable[[PROGRESS], Any], progress: Callable[[int, int], None] | None = None) -> Any:
    """Does work that takes a progress function, so that Ctrl-C ends it.

    In the main thread the work runs in another one, and the main thread waits. After Ctrl-C the work ends with the piece that it
    is at, which is a block of rows or a factorisation; what takes longer than a moment is left to end by itself. Raises
    KeyboardInterrupt then.
    """
    is_ended = threading.Event()

    told = (0, 0)

    def report(_context: Any, done: int, total: int) -> int:
        nonlocal told
        # The same numbers once more ask whether to go on.
        if progress is not None and not is_ended.is_set() and (done, total) != told:
            told = (done, total)
            try:
                progress(done, total)
            except BaseException:  # noqa: BLE001 - nothing may pass through the library's frames
                is_ended.set()
        return 1 if is_ended.is_set() else 0

    callback = PROGRESS(report)
    if threading.current_thread() is not threading.main_thread():
        return work(callback)
    outcome: list[Any] = []
    # Not join: interrupted, it takes the thread for one that has ended (bpo-45274).
    is_done = threading.Event()

    def run() -> None:
        try:
            outcome.append((True, work(callback)))
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            outcome.append((False, error))
        finally:
            is_done.set()

    worker = threading.Thread(target=run, name="lacuna")
    worker.start()
    try:
        is_done.wait()
    except KeyboardInterrupt:
        is_ended.set()
        is_done.wait(0.1)
        raise
    succeeded, value = outcome[0]
    if succeeded:
        return value
    raise value


def devices() -> list[dict[str, Any]]:
    """The devices of this machine, the host first: id, kind, name, memory_bytes, float64, usable and why not."""
    return json.loads(text("lacuna_devices"))["devices"]


class Handle:
    """An opaque handle, freed with its owner."""

    def __init__(self, free: str) -> None:
        self.pointer = c_void_p()
        self._free = free

    def __del__(self) -> None:
        if self.pointer and _library is not None:
            getattr(_library, self._free)(self.pointer)
