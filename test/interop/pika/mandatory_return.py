"""A mandatory message that no queue wants comes back whole."""
import pika
from support import connect, equal, until

connection = connect()
channel = connection.channel()
returned = []
channel.add_on_return_callback(lambda _, method, properties, body: returned.append((method, properties, body)))
properties = pika.BasicProperties(content_type="text/plain", message_id="m1", headers={"n": 1})
channel.basic_publish("amq.direct", "interop.nowhere", b"body", properties=properties, mandatory=True)
channel.basic_publish("amq.direct", "interop.nowhere", b"not mandatory")
channel.basic_publish("amq.direct", "interop.empty", b"", mandatory=True)
until(connection, lambda: len(returned) == 2, what="two returns")
method, properties, body = returned[0]
equal((method.reply_code, method.reply_text), (312, "NO_ROUTE"))
equal((method.exchange, method.routing_key, body), ("amq.direct", "interop.nowhere", b"body"))
equal((properties.content_type, properties.message_id, properties.headers), ("text/plain", "m1", {"n": 1}))
equal((returned[1][0].routing_key, returned[1][2]), ("interop.empty", b""))
connection.close()
