"""Work on one task at a time: a dot in it is a quarter of a second of work. A task counts as done when acknowledged."""
import os
import time

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.tasks", durable=True)


def on_task(channel, method, properties, body):
    again = " again" if method.redelivered else ""
    print(f"started {body.decode()}{again}")
    time.sleep(body.count(b".") * 0.25)
    channel.basic_ack(delivery_tag=method.delivery_tag)
    print(f"done {body.decode()}")


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue="tutorial.tasks", on_message_callback=on_task)
print("waiting")
channel.start_consuming()
