"""Send KEY MESSAGE pairs through a direct exchange."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.direct", exchange_type="direct")
for key, message in zip(sys.argv[1::2], sys.argv[2::2]):
    channel.basic_publish(exchange="tutorial.direct", routing_key=key, body=message)
    print(f"sent {key} {message}")
connection.close()
