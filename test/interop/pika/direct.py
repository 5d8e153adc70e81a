from support import clean, listening, run

clean(exchanges=["tutorial.direct"])
with listening("direct_receive", "error", "end") as errors:
    with listening("direct_receive", "info", "warning", "error", "end") as everything:
        run("direct_send", "info", "up", "debug", "unheard", "error", "down", "warning", "hot", "end", ".")
        errors.expect("received error down", "received end .")
        everything.expect("received info up", "received error down", "received warning hot", "received end .")
clean(exchanges=["tutorial.direct"])
