"""A task for later is held by the worker, which raises its prefetch count meanwhile and lowers it again after."""
import time

from support import PATIENCE_S, equal
from tasks import add

LATER_S = 6

started = time.monotonic()
# More of them than the worker prefetches.
later = [add.apply_async((n, 1), countdown=LATER_S) for n in range(20)]
equal(add.delay(1, 1).get(timeout=PATIENCE_S), 2, "task for now")
took = time.monotonic() - started
if took > LATER_S - 1:
    raise AssertionError(f"the task for now had to wait for those for later: {took:.1f} s")
equal([result.get(timeout=PATIENCE_S) for result in later], list(range(1, 21)), "tasks for later")
took = time.monotonic() - started
if took < LATER_S - 0.1:
    raise AssertionError(f"tasks for {LATER_S} seconds later were done after {took:.2f} s")
