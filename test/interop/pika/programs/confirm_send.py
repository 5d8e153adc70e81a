"""Know that the broker has each message before going on: MESSAGE... to a queue, then one to nowhere."""
import os
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.confirms", durable=True)
channel.confirm_delivery()
persistent = pika.BasicProperties(delivery_mode=pika.spec.PERSISTENT_DELIVERY_MODE)
for message in sys.argv[1:]:
    channel.basic_publish("", "tutorial.confirms", message, properties=persistent, mandatory=True)
    print(f"confirmed {message}")
try:
    channel.basic_publish("", "tutorial.nowhere", "lost", mandatory=True)
    print("confirmed lost")
except pika.exceptions.UnroutableError as error:
    print(f"returned {error.messages[0].method.reply_code} {error.messages[0].body.decode()}")
connection.close()
