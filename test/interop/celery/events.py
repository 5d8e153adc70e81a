"""Watching a worker: its events go through a topic exchange to whoever listens."""
import threading

from support import PATIENCE_S, WORKER, equal
from tasks import add, app

listening, finished = threading.Event(), threading.Event()
seen = {}


def on_event(event):
    seen.setdefault(event.get("uuid"), []).append(event["type"])
    if event["type"] == "task-succeeded":
        finished.set()


def watch():
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": on_event})
        receiver.on_consume_ready = lambda *_, **__: listening.set()
        receiver.capture(wakeup=False)


threading.Thread(target=watch, daemon=True).start()
equal(listening.wait(PATIENCE_S), True, "listening")
result = add.delay(1, 2)
equal(result.get(timeout=PATIENCE_S), 3)
equal(finished.wait(PATIENCE_S), True, f"{WORKER} told that the task succeeded")
equal(seen[result.id], ["task-received", "task-started", "task-succeeded"], "events")
