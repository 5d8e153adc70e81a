from support import clean, equal, listening, run

clean(["tutorial.rpc"])
with listening("rpc_server"), listening("rpc_server"):
    answers = run("rpc_client", "0", "1", "10", "20", "24")
equal(answers, [f"fibonacci({n}) = {f}" for n, f in [(0, 0), (1, 1), (10, 55), (20, 6765), (24, 46368)]])
clean(["tutorial.rpc"])
