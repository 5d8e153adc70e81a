"""Hand tasks, one for each argument, to whichever worker is free. The tasks and their queue outlive the broker."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.tasks", durable=True)
for task in sys.argv[1:]:
    channel.basic_publish(
        exchange="",
        routing_key="tutorial.tasks",
        body=task,
        properties=pika.BasicProperties(delivery_mode=2),
    )
    print(f"sent {task}")
connection.close()
