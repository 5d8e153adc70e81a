"""Answer each request with the Fibonacci number it asks for."""
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare(queue="tutorial.rpc", durable=True)


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def on_request(channel, method, properties, body):
    channel.basic_publish(
        exchange="",
        routing_key=properties.reply_to,
        properties=pika.BasicProperties(correlation_id=properties.correlation_id),
        body=str(fibonacci(int(body))),
    )
    channel.basic_ack(delivery_tag=method.delivery_tag)
    print(f"answered {body.decode()}")


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue="tutorial.rpc", on_message_callback=on_request)
print("waiting")
channel.start_consuming()
