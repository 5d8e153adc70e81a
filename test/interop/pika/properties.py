"""Every property, and every kind of header value that pika can send, arrives as it was sent."""
from datetime import datetime
from decimal import Decimal

import pika
from support import connect, equal

headers = {
    "int": 7,
    "negative": -7,
    "long": 2**40,
    "decimal": Decimal("3.14"),
    "string": "grüß",
    "bytes": b"\x00\xff",
    "yes": True,
    "no": False,
    "nothing": None,
    "time": datetime(2020, 2, 29, 12, 30),
    "list": [1, "two", [3], {"four": 4}],
    "table": {"inner": {"deep": ["x"]}},
    "": "an empty name",
}
values = {
    "content_type": "application/json",
    "content_encoding": "gzip",
    "headers": headers,
    "delivery_mode": 2,
    "priority": 5,
    "correlation_id": "c-1",
    "reply_to": "somewhere",
    "expiration": "60000",
    "message_id": "m-1",
    "timestamp": 1_600_000_000,
    "type": "kind",
    "user_id": "guest",
    "app_id": "interop",
}
connection = connect()
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
channel.basic_publish("", queue, b"", properties=pika.BasicProperties(**values))
channel.basic_publish("", queue, b"bare")
_, properties, body = channel.basic_get(queue, auto_ack=True)
equal(body, b"")
for name, value in values.items():
    equal(getattr(properties, name), value, name)
_, properties, body = channel.basic_get(queue, auto_ack=True)
equal((body, properties), (b"bare", pika.BasicProperties()))
connection.close()
