"""One fit through the library: arrays in, arrays out."""

from __future__ import annotations

import ctypes
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from . import _library
from ._library import FLOAT32, FLOAT64


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def plain(value: Any) -> Any:
    """A value as JSON has it: NumPy's numbers and arrays as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def encode(value: Any) -> bytes:
    """JSON for the library. Characters stand as themselves: YAML has no pairs of surrogates."""
    try:
        return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise _library.ArgumentError(f"not to be written as JSON: {error}") from None


def mask_options(mask: Any, folder: Path) -> Any:
    """A mask as the options have it: an array, 0 hidden and 1 visible, a row a mask, goes through a file."""
    if isinstance(mask, (list, tuple, np.ndarray)):
        path = folder / "masks.npy"
        np.save(path, np.atleast_2d(np.asarray(mask, dtype=np.float64)))
        return {"explicit": {"file": str(path)}}
    return mask


class Fit:
    """A fit of the joint predictor with its ridge chosen; see lacuna_fit_create in lacuna.h."""

    def __init__(
        self,
        X: np.ndarray,
        *,
        ridge: Any = "auto",
        mask: Any = "leave_one_out",
        weights: str = "uniform",
        intercept: bool = True,
        seed: int = 1,
        device: str = "auto",
        precision: str = "float64",
        threads: int | None = None,
        names: list[str] | None = None,
    ) -> None:
        if X.dtype not in (np.float64, np.float32):
            X = X.astype(np.float64)
        self.shape = X.shape
        self.type = FLOAT64 if precision == "float64" else FLOAT32
        handle = _library.Handle("lacuna_fit_free")
        with tempfile.TemporaryDirectory(prefix="lacuna-") as folder:
            options = {
                "ridge": ridge,
                "mask": mask_options(mask, Path(folder)),
                "weights": weights,
                "intercept": bool(intercept),
                "seed": seed,
                **_library.computing(device, precision, threads),
            }
            if names is not None:
                options["names"] = names
            text = encode(options)

            def work(progress: Any) -> _library.Handle:
                _library.call(
                    "lacuna_fit_create",
                    address(X),
                    FLOAT64 if X.dtype == np.float64 else FLOAT32,
                    X.shape[0],
                    X.shape[1],
                    X.strides[0],
                    X.strides[1],
                    text,
                    progress,
                    None,
                    ctypes.byref(handle.pointer),
                )
                return handle

            self._handle = _library.watched(work)
        self.summary: dict[str, Any] = json.loads(_library.text("lacuna_fit_summary", handle.pointer))

    @property
    def _dtype(self) -> Any:
        return np.float64 if self.type == FLOAT64 else np.float32

    def vector(self, which: int) -> np.ndarray | None:
        """A number a coordinate; None where the mask has no such numbers."""
        out = np.empty(self.shape[1])
        try:
            _library.call("lacuna_fit_vector", self._handle.pointer, which, address(out), out.size)
        except _library.ArgumentError:
            return None
        return out

    def predictor(self) -> np.ndarray:
        d = self.shape[1]
        out = np.empty((d, d), dtype=self._dtype)
        _library.call("lacuna_fit_predictor", self._handle.pointer, address(out), self.type, out.size)
        return out

    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        n, d = self.shape
        out, scales = np.empty((d, n), dtype=self._dtype), np.empty(d)
        _library.call(
            "lacuna_fit_factors", self._handle.pointer, address(out), self.type, out.size, address(scales), d
        )
        return out, scales

    def residuals(self) -> np.ndarray:
        out = np.empty(self.shape, dtype=self._dtype)
        _library.call("lacuna_fit_residuals", self._handle.pointer, address(out), self.type, out.size)
        return out

    def filled(self) -> np.ndarray:
        out = np.empty(self.shape)
        _library.call("lacuna_fit_filled", self._handle.pointer, address(out), out.size)
        return out
