"""Put one message into a queue."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.hello", durable=True)
channel.basic_publish(exchange="", routing_key="tutorial.hello", body=sys.argv[1])
print(f"sent {sys.argv[1]}")
connection.close()
