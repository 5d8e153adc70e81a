from support import clean, connect, equal, run

clean(["tutorial.confirms"])
printed = run("confirm_send", "one", "two", "three")
equal(printed, ["confirmed one", "confirmed two", "confirmed three", "returned 312 lost"])

# What was confirmed is there, in order, from any connection.
connection = connect()
channel = connection.channel()
bodies = [channel.basic_get("tutorial.confirms", auto_ack=True)[2] for _ in range(4)]
equal(bodies, [b"one", b"two", b"three", None], "bodies")
connection.close()
clean(["tutorial.confirms"])
