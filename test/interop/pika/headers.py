from support import clean, listening, run

clean(exchanges=["tutorial.headers"])
with listening("headers_receive", "all", "format=pdf", "type=report") as both:
    with listening("headers_receive", "any", "format=pdf", "type=report") as either:
        run("headers_send", "first", "format=pdf", "type=report", "more=yes")
        run("headers_send", "second", "format=pdf", "type=log")
        run("headers_send", "third", "format=zip", "type=log")
        run("headers_send", "fourth")
        run("headers_send", "end", "format=pdf", "type=report")
        both.expect("received first", "received end")
        either.expect("received first", "received second", "received end")
clean(exchanges=["tutorial.headers"])
