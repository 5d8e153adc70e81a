"""Declaring again what is there is fine; declaring it differently is 406 and says what differs."""
from pika.exceptions import ChannelClosedByBroker
from support import connect, equal, raises, unique

connection = connect()
queue = unique("redeclare")
exchange = unique("redeclare")
keeper = connection.channel()
for _ in range(2):
    keeper.queue_declare(queue, durable=True)
    keeper.exchange_declare(exchange, "direct", auto_delete=True)


def refused(declare, explanation):
    error = raises(ChannelClosedByBroker, lambda: declare(connection.channel()))
    equal((error.reply_code, error.reply_text), (406, f"PRECONDITION_FAILED - {explanation}"))


refused(
    lambda channel: channel.queue_declare(queue, durable=False),
    f"inequivalent arg 'durable' for queue '{queue}' in vhost '/': received 'false' but current is 'true'",
)
refused(
    lambda channel: channel.queue_declare(queue, durable=True, arguments={"x-max-length": 5}),
    f"inequivalent arg 'x-max-length' for queue '{queue}' in vhost '/': "
    "received the value '5' of type 'signedint' but current is none",
)
refused(
    lambda channel: channel.exchange_declare(exchange, "topic", auto_delete=True),
    f"inequivalent arg 'type' for exchange '{exchange}' in vhost '/': received 'topic' but current is 'direct'",
)
keeper.exchange_delete(exchange)
keeper.queue_delete(queue)
connection.close()
