"""A consumer that ends well when an operator closes its connection, and only then."""
import os
import sys

import pika

parameters = pika.URLParameters(os.environ["AMQP_URL"])
parameters.client_properties = {"connection_name": sys.argv[1]}
channel = pika.BlockingConnection(parameters).channel()
channel.basic_consume(sys.argv[1], lambda *_: None)
try:
    channel.start_consuming()
except pika.exceptions.ConnectionClosedByBroker as error:
    sys.exit(0 if error.reply_code == 320 else str(error))
sys.exit("the connection was not closed by the broker")
