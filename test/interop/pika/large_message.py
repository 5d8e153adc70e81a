"""5 MB in one message, in frames of the size that was negotiated and in small ones."""
import hashlib
import random

from support import connect, equal

body = random.Random(1).randbytes(5_000_000)
for frame_max in [131_072, 8_192]:
    connection = connect(frame_max=frame_max)
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.confirm_delivery()
    channel.basic_publish("", queue, body, mandatory=True)
    received = next(channel.consume(queue, auto_ack=True, inactivity_timeout=20))[2]
    equal(len(received or b""), len(body), f"bytes with frame_max {frame_max}")
    equal(hashlib.sha256(received).digest(), hashlib.sha256(body).digest(), "digest")
    connection.close()
