"""A task for later is held by the worker, which raises its prefetch count meanwhile and lowers it again after."""
import time

from support import PATIENCE_S, equal
from tasks import add

started = time.monotonic()
later = [add.apply_async((n, 1), countdown=1) for n in range(20)]
equal(add.delay(1, 1).get(timeout=PATIENCE_S), 2, "task for now")
equal([result.get(timeout=PATIENCE_S) for result in later], list(range(1, 21)), "tasks for later")
took = time.monotonic() - started
if took < 0.9:
    raise AssertionError(f"tasks for a second later were done after {took:.2f} s")
