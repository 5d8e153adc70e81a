"""publish.py URL QUEUE FIRST COUNT: publishes with confirms, one message at a time, until the broker is gone.

Prints the number of each when it is confirmed. The bodies are those of body.mjs."""
import struct
import sys
import zlib

import pika
from pika.exceptions import AMQPError


def body_of(number, length):
    start = (number * 0x9E3779B1 & 0xFFFFFFFF) >> 24
    filler = bytes((start + i) & 255 for i in range(length - 12))
    return struct.pack(">III", number, length, zlib.crc32(filler)) + filler


def publish(url, queue, first, count):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    for number in range(first, first + count):
        properties = pika.BasicProperties(delivery_mode=2, message_id=str(number))
        channel.basic_publish("", queue, body_of(number, 13 + number % 500), properties, mandatory=True)
        print(number, flush=True)


url, queue, first, count = sys.argv[1:]
try:
    publish(url, queue, int(first), int(count))
except (AMQPError, OSError):
    pass
