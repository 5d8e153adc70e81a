"""A soft error closes the channel it happened on, with a code and a text, and nothing else."""
from pika.exceptions import ChannelClosedByBroker
from support import connect, equal, raises, unique

connection = connect()
other = connection.channel()
name = unique("missing")


def closed_by(action, code, text):
    channel = connection.channel()
    error = raises(ChannelClosedByBroker, lambda: action(channel))
    equal((error.reply_code, error.reply_text), (code, text))
    equal(channel.is_closed, True, "channel closed")


no_queue = f"NOT_FOUND - no queue '{name}' in vhost '/'"
closed_by(lambda channel: channel.queue_declare(name, passive=True), 404, no_queue)
closed_by(lambda channel: channel.basic_get(name), 404, no_queue)
closed_by(lambda channel: channel.basic_consume(name, print), 404, no_queue)
no_exchange = f"NOT_FOUND - no exchange '{name}' in vhost '/'"
closed_by(lambda channel: channel.exchange_declare(name, passive=True), 404, no_exchange)
closed_by(lambda channel: channel.queue_bind(channel.queue_declare("", exclusive=True).method.queue, name), 404, no_exchange)

equal(connection.is_open, True, "connection open")
equal(other.queue_declare("", exclusive=True).method.message_count, 0, "messages of a new queue")
connection.close()
