"""A client that falls silent is given up after two heartbeats or so: what it held goes to others."""
import time

from pika.exceptions import AMQPConnectionError
from support import connect, equal, raises, unique

name = unique("silent")
silent, watcher = connect(heartbeat=1), connect()
channel = watcher.channel()
channel.queue_declare(name, durable=True)
channel.basic_publish("", name, "held")
holding = silent.channel()
equal(holding.basic_get(name)[2], b"held")
deadline = time.monotonic() + 12
body = None
while body is None and time.monotonic() < deadline:
    watcher.process_data_events(time_limit=0.2)
    method, _, body = channel.basic_get(name, auto_ack=True)
equal((body, method and method.redelivered), (b"held", True), "given back")
raises(AMQPConnectionError, lambda: silent.process_data_events(time_limit=1))
channel.queue_delete(name)
watcher.close()
