"""Print the messages with all, or any, of these headers: all|any NAME=VALUE..."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.headers", exchange_type="headers")
queue = channel.queue_declare(queue="", exclusive=True).method.queue
wanted = dict(pair.split("=") for pair in sys.argv[2:])
channel.queue_bind(exchange="tutorial.headers", queue=queue, arguments={"x-match": sys.argv[1], **wanted})


def on_message(channel, method, properties, body):
    print(f"received {body.decode()}")


channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=True)
print("waiting")
channel.start_consuming()
