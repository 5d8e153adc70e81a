"""Send KEY MESSAGE pairs through a topic exchange."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.topic", exchange_type="topic")
for key, message in zip(sys.argv[1::2], sys.argv[2::2]):
    channel.basic_publish(exchange="tutorial.topic", routing_key=key, body=message)
    print(f"sent {key} {message}")
connection.close()
