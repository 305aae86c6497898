"""Studies: theory, simulation and what theory says of one model of data."""

from __future__ import annotations

import ctypes
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import _library
from ._fit import address, encode, plain

# Where an array may stand in a configuration: what takes its place, given the name of the file it is put in.
_ARRAYS: dict[tuple[str, ...], Callable[[str], Any]] = {
    ("data", "file"): lambda path: path,
    ("data", "first_row"): lambda path: {"file": path},
    ("data", "noise", "variances"): lambda path: {"file": path},
    ("data", "spikes", "direction"): lambda path: {"file": path},
    ("model", "mask"): lambda path: {"explicit": {"file": path}},
    ("model", "mask", "explicit", "file"): lambda path: path,
}


def _with_files(value: Any, key: tuple[str, ...], folder: Path) -> Any:
    """A configuration whose arrays lie in files of a folder."""
    if isinstance(value, np.ndarray) and key in _ARRAYS:
        path = folder / f"{'-'.join(key)}-{len(list(folder.iterdir()))}.npy"
        np.save(path, np.asarray(value, dtype=np.float64))
        return _ARRAYS[key](str(path))
    if isinstance(value, dict):
        return {str(name): _with_files(item, (*key, str(name)), folder) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_files(item, key, folder) for item in value]
    return plain(value)


class _Configuration:
    """A configuration with its overrides as the library takes them; its folder lasts as long as it does."""

    def __init__(self, config: Any, overrides: dict[str, Any]) -> None:
        self._kept = tempfile.TemporaryDirectory(prefix="lacuna-")
        base = None
        if isinstance(config, dict):
            text = encode(_with_files(config, (), Path(self._kept.name)))
        elif isinstance(config, os.PathLike) or (isinstance(config, str) and "\n" not in config and ":" not in config):
            path = Path(config)
            text, base = path.read_bytes(), str(path.resolve().parent)
        elif isinstance(config, str) and config.startswith("example:"):
            from . import _program

            text = _program.run(["example", config.removeprefix("example:")]).encode()
        elif isinstance(config, str):
            text = config.encode()
        else:
            raise _library.ArgumentError("a configuration is a dict, a text of YAML, a path, or example:NAME")
        lines = []
        for key, value in overrides.items():
            key = key.replace("__", ".")
            value = _with_files(value, tuple(key.split(".")), Path(self._kept.name))
            shown = ",".join(_flow(item) for item in value) if isinstance(value, list) else _flow(value)
            lines.append(f"{key}={shown}")
        self.arguments = (text, "\n".join(lines).encode() if lines else None, base.encode() if base else None)


def _flow(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _flat(point: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in point.items():
        if isinstance(value, dict):
            row.update(_flat(value, prefix if key in ("parameters", "place") else f"{prefix}{key}_"))
        else:
            row[prefix + key] = value
    return row


class Results:
    """Points of a study, one an n and ridge: as `lacuna simulate --json` gives them.

    `points` is a list of dicts, `trials` that of the finished trials (empty for theory), `summary` everything else.
    """

    def __init__(
        self, summary: dict[str, Any], trials: list[dict[str, Any]] | None = None, rows: Any = None, interrupted: bool = False
    ) -> None:
        self.summary = summary
        self.points: list[dict[str, Any]] = summary["points"]
        self.trials = trials or []
        self.interrupted = interrupted
        self._rows = rows

    def __repr__(self) -> str:
        ended = ", interrupted" if self.interrupted else ""
        return f"<lacuna.Results {self.summary['name']!r}: {len(self.points)} points, {len(self.trials)} records{ended}>"

    def __getitem__(self, key: str) -> np.ndarray:
        """A column of the points: "n", "errors_generalization_mean", ..."""
        values = [_flat(point).get(key) for point in self.points]
        # Lists of different lengths, such as "warnings", are no array of one shape.
        if len({len(value) if isinstance(value, list) else -1 for value in values}) > 1:
            column = np.empty(len(values), dtype=object)
            for index, value in enumerate(values):
                column[index] = value
            return column
        return np.array(values)

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(key for point in self.points for key in _flat(point)))

    def rows(self, point: int, name: str) -> np.ndarray:
        """Many numbers of one point, a row a trial, such as "spectrum.eigenvalues"."""
        if self._rows is None:
            raise _library.ArgumentError("theory has no trials")
        return self._rows(point, name)

    def to_frame(self) -> Any:
        """The points as a DataFrame of pandas."""
        import pandas as pd

        return pd.DataFrame([_flat(point) for point in self.points])

    def trials_frame(self) -> Any:
        """The finished trials as a DataFrame of pandas."""
        import pandas as pd

        return pd.DataFrame([_flat(trial) for trial in self.trials])


def _create(config: Any, overrides: dict[str, Any], threads: int | None) -> tuple[_library.Handle, _Configuration]:
    configuration = _Configuration(config, overrides)
    handle = _library.Handle("lacuna_study_free")
    count = _library.computing("host", "float64", threads)["threads"] or 0
    _library.watched(
        lambda _progress: _library.call("lacuna_study_create", *configuration.arguments, count, ctypes.byref(handle.pointer))
    )
    return handle, configuration


def theory(config: Any, overrides: dict[str, Any] | None = None, *, n_jobs: int | None = None, **keys: Any) -> Results:
    """Errors, and what else the configuration measures, by theory alone.

    `config` is a dict, a text of YAML, a path, or "example:NAME"; arrays may stand where files may. Overrides are dotted keys,
    as a dict or with __ for the dots: data__samples=[100, 200]. A list of another key than those that are lists sweeps it.
    """
    handle, _kept = _create(config, {**(overrides or {}), **keys}, n_jobs)
    return Results(json.loads(_library.text("lacuna_study_theory", handle.pointer)))


def _bar(progress: Any) -> tuple[Callable[[int, int], None] | None, Callable[[], None]]:
    if callable(progress):
        return progress, lambda: None
    if progress is False:
        return None, lambda: None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None, lambda: None
    bar = tqdm(unit="trial", disable=None if progress is None else False)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show, bar.close


def simulate(
    config: Any,
    overrides: dict[str, Any] | None = None,
    *,
    device: str = "auto",
    precision: str = "float64",
    n_jobs: int | None = None,
    progress: Any = None,
    **keys: Any,
) -> Results:
    """Runs the trials of a study, with theory beside them. Ctrl-C gives the results of the trials that are finished.

    `config` and overrides as of `theory`. `progress`: a function of (done, total); True for a bar by tqdm, None for one on a
    terminal, False for none. Raises KeyboardInterrupt where no trial has finished.
    """
    handle, _kept = _create(config, {**(overrides or {}), **keys}, n_jobs)
    options = encode(_library.computing(device, precision, n_jobs))
    show, close = _bar(progress)
    is_interrupted = False
    try:
        _library.watched(lambda callback: _library.call("lacuna_study_run", handle.pointer, options, callback, None), show)
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        close()
    try:
        summary = json.loads(_library.text("lacuna_study_results", handle.pointer))
    except _library.ArgumentError:
        if is_interrupted:
            raise KeyboardInterrupt("no trial had finished") from None
        raise
    lines = _library.text("lacuna_study_trials", handle.pointer)

    def rows(point: int, name: str) -> np.ndarray:
        height, width = ctypes.c_int64(), ctypes.c_int64()
        shape = (ctypes.byref(height), ctypes.byref(width))
        _library.call("lacuna_study_rows", handle.pointer, point, name.encode(), None, *shape)
        out = np.empty((height.value, width.value))
        _library.call("lacuna_study_rows", handle.pointer, point, name.encode(), address(out), *shape)
        return out

    return Results(summary, [json.loads(line) for line in lines.splitlines()], rows, is_interrupted)


def _theory_of(function: str, config: Any, overrides: dict[str, Any], *more: Any) -> list[dict[str, Any]]:
    if isinstance(config, dict):
        config = {**config, "model": {"ridge": 1.0, **config.get("model", {})}}
    configuration = _Configuration(config, overrides)
    found = _library.watched(lambda _progress: _library.text(function, *configuration.arguments, *more))
    return [{**item.pop("place"), **item} for item in json.loads(found)]


def spectral_density(
    config: Any, overrides: dict[str, Any] | None = None, *, count: int = 200, **keys: Any
) -> list[dict[str, Any]]:
    """The spectrum of the predictor by theory, a dict an n and ridge: intervals, atoms, outliers, and the arrays eigenvalue and
    density, `count` points in each interval."""
    found = _theory_of("lacuna_spectral_density", config, {**(overrides or {}), **keys}, count)
    for item in found:
        item["eigenvalue"] = np.array(item["eigenvalue"])
        item["density"] = np.array([np.nan if value is None else value for value in item["density"]])
    return found


def optimal_ridge(config: Any, overrides: dict[str, Any] | None = None, **keys: Any) -> list[dict[str, Any]]:
    """The ridge of least expected error and that error, a dict an n; infinite where coordinates say nothing of each other."""
    found = _theory_of("lacuna_optimal_ridge", config, {**(overrides or {}), **keys})
    for item in found:
        if item.get("ridge") is None:
            item["ridge"] = np.inf
    return found


def threshold(config: Any, overrides: dict[str, Any] | None = None, **keys: Any) -> list[dict[str, Any]]:
    """The strength from which each spike leaves the bulk, a dict an n, ridge and spike, and the ridge at which it is least;
    None where no strength does."""
    return _theory_of("lacuna_threshold", config, {**(overrides or {}), **keys})
