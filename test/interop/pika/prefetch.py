"""A consumer never holds more than its prefetch count, and gets the next message for each it settles."""
from support import connect, equal, until

connection = connect()
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
for n in range(10):
    channel.basic_publish("", queue, str(n))
channel.basic_qos(prefetch_count=3)
tags = []
channel.basic_consume(queue, lambda _, method, __, ___: tags.append(method.delivery_tag))
until(connection, lambda: len(tags) == 3, what="three deliveries")
connection.process_data_events(time_limit=0.3)
equal(tags, [1, 2, 3], "held")
channel.basic_ack(2, multiple=True)
until(connection, lambda: len(tags) == 5, what="two more")
connection.process_data_events(time_limit=0.3)
equal(tags, [1, 2, 3, 4, 5], "after two acknowledgements")
waiting = connection.channel().queue_declare(queue, passive=True).method.message_count
equal(waiting, 5, "messages waiting")
connection.close()
