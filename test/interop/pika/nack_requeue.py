"""What is given back comes again, first and marked as redelivered; what is refused does not."""
from support import connect, equal

connection = connect()
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
for body in ["1", "2", "3", "4"]:
    channel.basic_publish("", queue, body)


def get():
    method, _, body = channel.basic_get(queue)
    return method and method.delivery_tag, method and method.redelivered, body


equal([get() for _ in range(3)], [(1, False, b"1"), (2, False, b"2"), (3, False, b"3")], "first time")
channel.basic_nack(2, multiple=True, requeue=True)
channel.basic_reject(3, requeue=False)
equal([get() for _ in range(3)], [(4, True, b"1"), (5, True, b"2"), (6, False, b"4")], "second time")
channel.basic_ack(6, multiple=True)
equal(get(), (None, None, None), "after all is settled")

# What a closed channel had not acknowledged goes back as well.
channel.basic_publish("", queue, "5")
equal(get()[2], b"5")
channel.close()
channel = connection.channel()
equal(get(), (1, True, b"5"), "on a new channel")
connection.close()
