"""Print every message of a queue."""
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.hello", durable=True)


def on_message(channel, method, properties, body):
    print(f"received {body.decode()}")


channel.basic_consume(queue="tutorial.hello", on_message_callback=on_message, auto_ack=True)
print("waiting")
channel.start_consuming()
