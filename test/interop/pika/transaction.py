"""Nothing of a transaction is seen before its commit, or after its rollback."""
from support import connect, equal

connection = connect()
channel, watcher = connection.channel(), connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue


def waiting():
    return watcher.queue_declare(queue, passive=True).method.message_count


channel.tx_select()
channel.basic_publish("", queue, "rolled back")
channel.tx_rollback()
channel.basic_publish("", queue, "committed")
equal(waiting(), 0, "before the commit")
channel.tx_commit()
equal(waiting(), 1, "after the commit")

method, _, body = channel.basic_get(queue)
equal(body, b"committed")
channel.basic_ack(method.delivery_tag)
channel.tx_rollback()
channel.basic_ack(method.delivery_tag)
channel.tx_commit()
channel.close()
equal(waiting(), 0, "after the acknowledgement was committed")
connection.close()
