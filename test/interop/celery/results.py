"""200 tasks at once, each answered into the one reply queue of this process."""
from celery import group
from support import PATIENCE_S, equal
from tasks import add

pending = [add.delay(n, n) for n in range(200)]
equal([result.get(timeout=PATIENCE_S) for result in pending], [2 * n for n in range(200)], "answers")

# A large argument and answer, in one message each.
text = "x" * 1_000_000
equal(len(add.delay(text, "y").get(timeout=PATIENCE_S)), 1_000_001, "characters")

equal(group(add.s(n, 1) for n in range(10)).apply_async().get(timeout=PATIENCE_S), list(range(1, 11)), "group")
equal((add.s(1, 2) | add.s(3) | add.s(4)).apply_async().get(timeout=PATIENCE_S), 10, "chain")
