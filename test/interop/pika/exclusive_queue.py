"""An exclusive queue is locked for other connections, and goes with its own."""
from pika.exceptions import ChannelClosedByBroker
from support import connect, equal, raises, unique

name = unique("exclusive")
owner, stranger = connect(), connect()
owner.channel().queue_declare(name, exclusive=True)
error = raises(ChannelClosedByBroker, lambda: stranger.channel().queue_declare(name, passive=True))
equal(error.reply_code, 405)
text = f"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{name}' in vhost '/'."
equal(error.reply_text[: len(text)], text)
owner.close()
error = raises(ChannelClosedByBroker, lambda: stranger.channel().queue_declare(name, passive=True))
equal(error.reply_code, 404)
stranger.close()
