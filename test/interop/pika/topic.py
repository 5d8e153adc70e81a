from support import clean, listening, run

clean(exchanges=["tutorial.topic"])
with listening("topic_receive", "kern.*", "end") as kern, listening("topic_receive", "*.critical", "end") as critical:
    with listening("topic_receive", "#") as everything, listening("topic_receive", "a.#.z", "end") as hash_inside:
        keys = ["kern.critical", "kern.info", "cron.critical", "kern.a.critical", "kern", "a.z", "a.b.c.z", "a.b", "", "end"]
        run("topic_send", *[part for key in keys for part in (key, f"<{key}>")])

        def expect(receiver, *received):
            receiver.expect(*[f"received {key} <{key}>" for key in received])

        expect(kern, "kern.critical", "kern.info", "end")
        expect(critical, "kern.critical", "cron.critical", "end")
        expect(hash_inside, "a.z", "a.b.c.z", "end")
        expect(everything, *keys)
clean(exchanges=["tutorial.topic"])
