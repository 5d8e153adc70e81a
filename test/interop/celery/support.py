PATIENCE_S = 30
WORKER = "interop@localhost"


def equal(actual, expected, what="result"):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")
