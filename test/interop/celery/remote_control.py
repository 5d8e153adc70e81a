"""Orders to a running worker: what it consumes from, another queue on top, and not to run a certain task."""
from celery.exceptions import TaskRevokedError
from support import PATIENCE_S, WORKER, equal
from tasks import QUEUE, add, app

EXTRA = f"{QUEUE}.extra"


def consumed():
    answers = app.control.inspect([WORKER], timeout=5).active_queues()
    return sorted(queue["name"] for queue in answers[WORKER])


equal(consumed(), [QUEUE], "queues")
ordered = app.control.add_consumer(EXTRA, reply=True, destination=[WORKER], timeout=5)
equal(ordered, [{WORKER: {"ok": f"add consumer {EXTRA}"}}])
equal(consumed(), [QUEUE, EXTRA], "queues with another")
equal(add.apply_async((20, 22), queue=EXTRA).get(timeout=PATIENCE_S), 42, "task in the other queue")
app.control.cancel_consumer(EXTRA, reply=True, destination=[WORKER], timeout=5)
equal(consumed(), [QUEUE], "queues after")

revoked = add.apply_async((1, 1), countdown=2)
app.control.revoke(revoked.id, reply=True, destination=[WORKER], timeout=5)
try:
    answer = revoked.get(timeout=PATIENCE_S)
    raise AssertionError(f"a revoked task answered {answer}")
except TaskRevokedError:
    pass

with app.connection_for_write() as connection:
    channel = connection.channel()
    channel.queue_delete(EXTRA)
    channel.exchange_delete(EXTRA)
