"""An index on disk: arrays as .npy files, read through a memory map, and a manifest that vouches for them.

Several processes that load one directory share one copy in memory. A file that is damaged, cut short, of another
format or of another machine's byte order is refused with SourceUnreadable, whole; the caller builds anew. The
directory appears under its name in one step, so a reader never sees half an index.
"""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spatial.errors import SourceUnreadable
from spatial.grid.index.layout import MOST_UNITS, Level, LocatorIndex, Raster

FORMAT = "gridmaps locator index"
FORMAT_VERSION = 1
_MANIFEST = "manifest.json"
_TYPES = {
    "versions": "<i8",
    "table": "<i4",
    "blocks": "<i8",
    "deep_blocks": "<i8",
    "deep_starts": "<i8",
    "deep_units": "<i4",
}
_CHUNK = 1 << 22


def save_index(index: LocatorIndex, directory: Path) -> None:
    """Writes an index as `directory`, in place of what was there."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        _write(index, fresh)
        _put_in_place(fresh, directory)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def load_index(directory: Path, *, verify: bool = True) -> LocatorIndex:
    """The index saved as `directory`, its arrays memory-mapped and read-only.

    `verify` reads every byte once and compares checksums; without it sizes and shapes alone are compared, for
    processes that know that another has just verified. Raises SourceUnreadable.
    """
    try:
        return _read(directory, verify)
    except SourceUnreadable:
        raise
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise _refusal(directory, "is missing, damaged or cut short") from error


def _refusal(directory: Path, what: str) -> SourceUnreadable:
    return SourceUnreadable(f"The saved index {directory.name} {what}; build it anew.", field="index")


def _arrays(index: LocatorIndex) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {name: getattr(index, name) for name in _TYPES}
    return arrays | {f"parents_{rank}": level.parents for rank, level in index.levels.items()}


def _write(index: LocatorIndex, directory: Path) -> None:
    files = {}
    for name, array in _arrays(index).items():
        path = directory / f"{name}.npy"
        np.save(path, np.ascontiguousarray(array, dtype=_TYPES.get(name, "<i4")), allow_pickle=False)
        files[name] = {"bytes": path.stat().st_size, "sha256": _checksum(path)}
    told = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "revision": index.revision,
        "codes": list(index.codes),
        "levels": {str(rank): list(level.codes) for rank, level in index.levels.items()},
        "bounds": list(index.bounds),
        "raster": asdict(index.raster),
        "files": files,
    }
    body = json.dumps(told, ensure_ascii=False)
    sealed = {"sha256": hashlib.sha256(body.encode()).hexdigest(), "index": body}
    (directory / _MANIFEST).write_text(json.dumps(sealed, ensure_ascii=False), encoding="utf-8")


def _put_in_place(fresh: Path, directory: Path) -> None:
    fresh.chmod(0o755)
    aside = fresh.with_name(f"{fresh.name}.old")
    if directory.exists():
        if any(directory.iterdir()) and not (directory / _MANIFEST).is_file():
            raise SourceUnreadable(f"{directory.name} holds something else than an index; name another directory.")
        os.replace(directory, aside)
    os.replace(fresh, directory)
    shutil.rmtree(aside, ignore_errors=True)


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _read(directory: Path, verify: bool) -> LocatorIndex:
    told = _manifest(directory)
    raster = Raster(**told["raster"])
    codes = tuple(told["codes"])
    ranks = [int(rank) for rank in told["levels"]]
    arrays = {
        name: _array(directory, name, told["files"][name], verify)
        for name in (*_TYPES, *(f"parents_{rank}" for rank in ranks))
    }
    levels = {rank: Level(tuple(told["levels"][str(rank)]), arrays.pop(f"parents_{rank}")) for rank in ranks}
    west, south, east, north = (float(side) for side in told["bounds"])
    index = LocatorIndex(int(told["revision"]), codes, arrays.pop("versions"), levels, (west, south, east, north),
                         raster, **arrays)  # fmt: skip
    _check_lengths(directory, index)
    return index


def _manifest(directory: Path) -> dict[str, Any]:
    sealed = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
    body = sealed["index"]
    if hashlib.sha256(body.encode()).hexdigest() != sealed["sha256"]:
        raise _refusal(directory, "has a manifest that was changed")
    told: dict[str, Any] = json.loads(body)
    if told["format"] != FORMAT or told["version"] != FORMAT_VERSION:
        raise _refusal(directory, "has another format")
    return told


def _array(directory: Path, name: str, told: dict[str, Any], verify: bool) -> NDArray[Any]:
    path = directory / f"{name}.npy"
    if path.stat().st_size != told["bytes"] or (verify and _checksum(path) != told["sha256"]):
        raise _refusal(directory, f"has a damaged file, {path.name}")
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.ndim != 1 or array.dtype != np.dtype(_TYPES.get(name, "<i4")):
        raise _refusal(directory, f"has a file of another kind, {path.name}")
    return array.view(np.ndarray)


def _check_lengths(directory: Path, index: LocatorIndex) -> None:
    units = len(index.codes)
    fits = (
        0 < units <= MOST_UNITS
        and len(index.versions) == units
        and all(len(level.parents) == units for level in index.levels.values())
        and len(index.table) == index.raster.rows * index.raster.columns + 1
        and len(index.deep_starts) == len(index.deep_blocks) + 1
    )
    if not fits:
        raise _refusal(directory, "has parts that do not fit each other")
