"""Send a message with headers: MESSAGE NAME=VALUE..."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.headers", exchange_type="headers")
headers = dict(pair.split("=") for pair in sys.argv[2:])
channel.basic_publish(
    exchange="tutorial.headers",
    routing_key="",
    body=sys.argv[1],
    properties=pika.BasicProperties(headers=headers),
)
print(f"sent {sys.argv[1]}")
connection.close()
