. ./support.sh
trap 'admin delete queue name="$name" >/dev/null 2>&1 || true; admin delete exchange name="$name" >/dev/null 2>&1 || true' EXIT

equal "exchange" "$(admin declare exchange name="$name" type=topic durable=true)" "exchange declared"
contains "exchanges" "$(rows exchanges name type durable)" "$name	topic	True"
equal "queue" "$(admin declare queue name="$name" durable=true arguments='{"x-max-length":10}')" "queue declared"
contains "queues" "$(rows queues name durable)" "$name	True"
contains "arguments" "$(admin --format raw_json list queues name arguments)" '"x-max-length":10'
equal "binding" "$(admin declare binding source="$name" destination="$name" routing_key='a.#')" "binding declared"
contains "bindings" "$(rows bindings source destination routing_key properties_key)" "$name	$name	a.#	a.%23"
equal "no binding" "$(admin delete binding source="$name" destination_type=queue destination="$name" properties_key='a.%23')" "binding deleted"
lacks "bindings" "$(rows bindings source destination)" "$name	$name"
equal "no queue" "$(admin delete queue name="$name")" "queue deleted"
lacks "queues" "$(rows queues name)" "$name"
equal "no exchange" "$(admin delete exchange name="$name")" "exchange deleted"
lacks "exchanges" "$(rows exchanges name)" "$name"
if admin delete queue name="$name" 2>/dev/null; then fail "deleted a queue that is not there"; fi
