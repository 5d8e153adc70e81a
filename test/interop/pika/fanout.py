from support import clean, listening, run

clean(exchanges=["tutorial.news"])
run("fanout_send", "to nobody")
with listening("fanout_receive") as first, listening("fanout_receive") as second:
    run("fanout_send", "one", "two")
    for receiver in [first, second]:
        receiver.expect("received one", "received two")
clean(exchanges=["tutorial.news"])
