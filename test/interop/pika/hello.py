from support import clean, equal, listening, run

clean(["tutorial.hello"])
equal(run("hello_send", "before anybody listens"), ["sent before anybody listens"])
with listening("hello_receive") as receiver:
    receiver.expect("received before anybody listens")
    run("hello_send", "grüß Gott, 你好")
    receiver.expect("received grüß Gott, 你好")
clean(["tutorial.hello"])
