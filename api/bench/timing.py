"""Time on one core: processor seconds, so that a busy machine slows nobody's figure but everybody's wait.

Knows Linux's way to hold a process on one core; elsewhere threads are only asked to be one.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

Clock = Callable[[], float]
_ONE_THREAD = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS",
)  # fmt: skip


@contextmanager
def one_core() -> Iterator[None]:
    """Hold this process, and what it starts, on one core; the old state comes back at the end."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    _hold({max(cores)} if cores else set())
    try:
        yield
    finally:
        _hold(cores)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def medians(runs: Mapping[str, tuple[Callable[[], object], Clock]], repeats: int) -> dict[str, float]:
    """The median seconds of each run. All runs take turns, so that a slow moment falls on all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, (run, clock) in runs.items():
            begun = clock()
            run()
            seconds[name].append(clock() - begun)
    return {name: max(median(taken), 1e-9) for name, taken in seconds.items()}


def cpu_clock() -> float:
    """Processor seconds of this process, all its threads together."""
    return time.process_time()


def wall_clock() -> float:
    """Seconds on the wall, for what waits on another process."""
    return time.perf_counter()


def _hold(cores: set[int]) -> None:
    """Threads that are there already have a mask of their own each."""
    if not cores:
        return
    for thread in os.listdir("/proc/self/task"):
        try:
            os.sched_setaffinity(int(thread), cores)
        except ProcessLookupError:
            continue
