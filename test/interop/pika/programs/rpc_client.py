"""Ask for all the numbers at once, and match the answers to the questions by correlation id."""
import os
import sys
import uuid

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
replies = channel.queue_declare(queue="", exclusive=True).method.queue
asked = {}
answers = {}


def on_reply(channel, method, properties, body):
    answers[asked.pop(properties.correlation_id)] = body.decode()


channel.basic_consume(queue=replies, on_message_callback=on_reply, auto_ack=True)
for n in sys.argv[1:]:
    question = str(uuid.uuid4())
    asked[question] = n
    channel.basic_publish(
        exchange="",
        routing_key="tutorial.rpc",
        properties=pika.BasicProperties(reply_to=replies, correlation_id=question),
        body=n,
    )
while asked:
    connection.process_data_events(time_limit=1)
for n in sys.argv[1:]:
    print(f"fibonacci({n}) = {answers[n]}")
connection.close()
