"""One sweep in a process of its own, so that it can be killed and its memory be told: `python -m ... URL MOMENT`."""

import json
import resource
import sys
import time
from datetime import datetime

from spatial.cases.sweeping import sweep
from spatial.store.opening import connect


def main(url: str, moment: str) -> None:
    """Sweep, and print seconds, the peak of memory in MB, and what was done."""
    store = connect(url)
    begun = time.perf_counter()
    done = sweep(store.app, now=datetime.fromisoformat(moment))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **done.stages}))


if __name__ == "__main__":
    main(*sys.argv[1:])
