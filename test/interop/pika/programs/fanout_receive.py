"""Listen to the news from now on, in a queue of our own that goes when we go."""
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.exchange_declare(exchange="tutorial.news", exchange_type="fanout")
queue = channel.queue_declare(queue="", exclusive=True).method.queue
channel.queue_bind(exchange="tutorial.news", queue=queue)


def on_message(channel, method, properties, body):
    print(f"received {body.decode()}")


channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=True)
print("waiting")
channel.start_consuming()
