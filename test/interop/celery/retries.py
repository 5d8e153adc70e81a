from support import PATIENCE_S, equal
from tasks import fail, third_time_lucky

result = third_time_lucky.delay()
equal(result.get(timeout=PATIENCE_S), [2, result.id], "retries, id")

try:
    fail.delay("on purpose").get(timeout=PATIENCE_S)
    raise AssertionError("the task did not fail")
except ValueError as error:
    equal(str(error), "on purpose")
