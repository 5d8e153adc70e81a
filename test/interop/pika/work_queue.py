"""Fair dispatch: a worker with a long task gets no other. A task whose worker dies goes to another one, marked so."""
from support import clean, connect, equal, listening, run

LONG = "long ........"
clean(["tutorial.tasks"])
with listening("task_worker") as busy:
    run("task_send", LONG)
    busy.expect(f"started {LONG}")
    with listening("task_worker") as free:
        run("task_send", "a", "b", "c", "d")
        for task in ["a", "b", "c", "d"]:
            free.expect(f"started {task}", f"done {task}")
    busy.expect(f"done {LONG}")

    run("task_send", LONG)
    busy.expect(f"started {LONG}")
    with listening("task_worker") as heir:
        busy.kill()
        heir.expect(f"started {LONG} again", f"done {LONG}")

connection = connect()
declared = connection.channel().queue_declare("tutorial.tasks", passive=True)
equal(declared.method.message_count, 0, "messages left")
connection.close()
clean(["tutorial.tasks"])
