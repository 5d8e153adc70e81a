"""Tell everybody who listens."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.news", exchange_type="fanout")
for message in sys.argv[1:]:
    channel.basic_publish(exchange="tutorial.news", routing_key="", body=message)
    print(f"sent {message}")
connection.close()
