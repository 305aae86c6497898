"""One fit through the library: arrays in, arrays out."""

from __future__ import annotations

import ctypes
import json
import tempfile
from functools import cached_property
from typing import Any

import numpy as np

from . import _library
from ._library import FLOAT32, FLOAT64


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


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


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def encode(value: Any) -> bytes:
    """JSON for the library. Characters stand as themselves: YAML has no pairs of surrogates."""
    try:
        return _ENCODER.encode(plain(value)).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise _library.ArgumentError(f"not to be written as JSON: {error}") from None


def _mask_file(mask: Any) -> Any:
    """A mask that is an array, 0 hidden and 1 visible, a row a mask, as a file that lasts as long as what is given back."""
    file = tempfile.NamedTemporaryFile(prefix="lacuna-", suffix=".npy")
    np.save(file, np.atleast_2d(np.asarray(mask, dtype=np.float64)))
    file.flush()
    return file


def group_labels(groups: Any, n: int) -> np.ndarray | None:
    """A number a row, equal where rows belong together: of labels of any kind, or of "runs:L", every L rows in turn."""
    if groups is None:
        return None
    if isinstance(groups, str):
        length = groups.removeprefix("runs:")
        if length == groups or not length.isdecimal() or int(length) < 1:
            raise _library.ArgumentError(f'groups "{groups}"; give a label a row, or "runs:L", L the rows of a run')
        return np.arange(n, dtype=np.int64) // int(length)
    labels = np.asarray(groups)
    if labels.shape != (n,):
        raise _library.ArgumentError(f"groups of shape {labels.shape} for {n} rows; give a label a row")
    # By hashing, as labels may be of unlike kinds.
    numbers: dict[Any, int] = {}
    found = np.empty(n, dtype=np.int64)
    for row, label in enumerate(labels.tolist()):
        if _is_missing(label):
            raise _library.ArgumentError(f"row {row} has no group; give each row one")
        found[row] = numbers.setdefault(label, len(numbers))
    return found


def _is_missing(label: Any) -> bool:
    try:
        return label is None or bool(label != label)
    except TypeError:  # what pandas has for a missing value compares to nothing
        return True


# What the library takes where an option is left out; to read it takes as long as a small factorisation.
_DEFAULTS = {
    "mask": "leave_one_out",
    "weights": "uniform",
    "intercept": False,
    "seed": 1,
    "device": "auto",
    "precision": "float64",
}


# Numbers that are worth two calls more not to be copied.
_LARGE = 1 << 16


class _Lent:
    """Memory of the library's that an array is made of, for as long as there are views of it."""

    def __init__(self, address: int, shape: tuple[int, ...], dtype: Any, owner: _library.Handle) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3, "shape": shape, "typestr": np.dtype(dtype).str, "data": (address, False),
        }


class Fit:
    """A fit of the joint predictor with its ridge chosen; see lacuna_fit_create in lacuna.h.

    X is an array, or a CSR matrix of SciPy in canonical form. Options that are None are left to the library. An array is kept, and
    a large one read where it is: what is asked of the fit later ends in an error where it has changed.
    """

    def __init__(
        self,
        X: Any,
        *,
        groups: Any = None,
        mask: Any = "leave_one_out",
        device: str = "auto",
        precision: str = "float64",
        threads: int | None = None,
        **options: Any,
    ) -> None:
        if X.dtype not in (np.float64, np.float32):
            X = X.astype(np.float64)
        self.shape = X.shape
        self.type = FLOAT64 if precision == "float64" else FLOAT32
        handle = _library.Handle("lacuna_fit_free")
        file = None
        if isinstance(mask, (list, tuple, np.ndarray)):
            file = _mask_file(mask)
            mask = {"explicit": {"file": file.name}}
        is_dense = isinstance(X, np.ndarray)
        asked = {"mask": mask, **options, **_library.computing(device, precision, threads)}
        text = encode(
            {
                **{
                    key: value
                    for key, value in asked.items()
                    if value is not None and not (type(value) in (str, bool, int) and _DEFAULTS.get(key) == value)
                },
                **({"borrow": True} if is_dense else {}),
            }
        )
        kind = FLOAT64 if X.dtype == np.float64 else FLOAT32
        labels = group_labels(groups, X.shape[0])
        name: str
        data: list[Any]
        arrays: tuple[Any, ...]
        if is_dense:
            name = "lacuna_fit_create"
            data = [address(X), kind, *X.shape, *X.strides, None if labels is None else address(labels)]
            arrays = (X, labels)
        else:
            if labels is not None:
                raise _library.ArgumentError("groups are left out of dense rows alone; give X.toarray()")
            name = "lacuna_fit_create_sparse"
            starts = np.ascontiguousarray(X.indptr, dtype=np.int64)
            indices = np.ascontiguousarray(X.indices, dtype=np.int32)
            values = np.ascontiguousarray(X.data)
            data = [address(starts), address(indices), address(values), kind, *X.shape]
            arrays = (starts, indices, values)

        # After Ctrl-C the work may go on for a moment, and must find the arrays where they were.
        def work(progress: Any, _kept: Any = arrays) -> _library.Handle:
            _library.call(name, *data, text, progress, None, ctypes.byref(handle.pointer))
            return handle

        # What is over before anybody could want it to end takes no thread. In most digits a fit takes a hundred times as long.
        is_brief = (
            is_dense
            and X.size * min(X.shape) <= 2e6
            and isinstance(options.get("ridge"), (int, float))
            and isinstance(mask, str)
            and mask == "leave_one_out"
            and not (isinstance(options.get("weights"), str) and options["weights"] in ("self", "auto"))
        )
        try:
            self._handle = work(_library.PROGRESS()) if is_brief else _library.watched(work)
        finally:
            if file is not None:
                file.close()
        self._data = X if is_dense else None

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What `lacuna fit` writes as fit.json."""
        return json.loads(_library.text("lacuna_fit_summary", self._handle.pointer))

    def learning(self) -> dict[str, Any]:
        """The error to expect of other numbers of rows; the keys of fit.json from learning_curve on, and warnings."""

        def work(progress: Any) -> str:
            return _library.text("lacuna_fit_learning", self._handle.pointer, progress, None)

        return json.loads(_library.watched(work))

    @property
    def _dtype(self) -> Any:
        return np.float64 if self.type == FLOAT64 else np.float32

    def vectors(self) -> tuple[list[np.ndarray | None], float, int]:
        """All vectors, None where the mask has no such numbers; the ridge chosen; how many warnings there are."""
        out = np.empty((6, self.shape[1]))
        present, ridge, warnings = ctypes.c_int32(), ctypes.c_double(), ctypes.c_int64()
        _library.call(
            "lacuna_fit_vectors", self._handle.pointer, address(out), out.size, present, ridge, warnings
        )
        return [row if present.value >> k & 1 else None for k, row in enumerate(out)], ridge.value, warnings.value

    def predictor(self) -> np.ndarray:
        d = self.shape[1]
        if d * d >= _LARGE:
            values, owner = ctypes.c_void_p(), _library.Handle("lacuna_release")
            _library.call("lacuna_fit_take_predictor", self._handle.pointer, ctypes.byref(values), ctypes.byref(owner.pointer))
            if values.value:
                return np.asarray(_Lent(values.value, (d, d), self._dtype, owner))
        out = np.empty((d, d), dtype=self._dtype)
        _library.call("lacuna_fit_predictor", self._handle.pointer, address(out), self.type, out.size)
        return out

    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        n, d = self.shape
        out, scales = np.empty((d, n), dtype=self._dtype), np.empty(d)
        _library.call("lacuna_fit_factors", self._handle.pointer, address(out), self.type, out.size, address(scales), d)
        return out, scales

    def residuals(self) -> np.ndarray:
        out = np.empty(self.shape, dtype=self._dtype)
        _library.call("lacuna_fit_residuals", self._handle.pointer, address(out), self.type, out.size)
        return out

    def filled(self) -> np.ndarray:
        out = np.empty(self.shape)
        _library.call("lacuna_fit_filled", self._handle.pointer, address(out), out.size)
        return out
