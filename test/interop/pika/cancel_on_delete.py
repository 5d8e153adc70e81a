"""A consumer is told when its queue is deleted."""
from support import connect, equal, unique, until

name = unique("doomed")
connection = connect()
consuming, deleting = connection.channel(), connection.channel()
consuming.queue_declare(name, durable=True)
tag = consuming.basic_consume(name, lambda *_: None)
cancelled = []
consuming.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
deleting.queue_delete(name)
until(connection, lambda: cancelled, what="consumer cancelled")
equal(cancelled, [tag], "cancelled consumers")
equal((consuming.is_open, consuming.consumer_tags), (True, []), "channel open, consumers")
connection.close()
