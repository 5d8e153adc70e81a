"""The broker sends heartbeats on an idle connection, and an idle connection that answers lives on."""
from support import connect, equal

connection = connect(heartbeat=1)
channel = connection.channel()
before = connection._impl.frames_received
connection.process_data_events(time_limit=4)
received = connection._impl.frames_received - before
if received < 3:
    raise AssertionError(f"expected a heartbeat every half second or so, got {received} in 4 s")
equal(channel.queue_declare("", exclusive=True).method.consumer_count, 0)
connection.close()
