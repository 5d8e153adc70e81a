"""Print the messages whose key one of the arguments asks for."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.direct", exchange_type="direct")
queue = channel.queue_declare(queue="", exclusive=True).method.queue
for key in sys.argv[1:]:
    channel.queue_bind(exchange="tutorial.direct", queue=queue, routing_key=key)


def on_message(channel, method, properties, body):
    print(f"received {method.routing_key} {body.decode()}")


channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=True)
print("waiting")
channel.start_consuming()
