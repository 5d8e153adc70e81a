. ./support.sh
admin declare queue name="$name" durable=false >/dev/null
/usr/bin/python3 consumer.py "$name" &
consumer=$!
trap 'kill $consumer 2>/dev/null || true; admin delete queue name="$name" >/dev/null 2>&1 || true' EXIT

until_listed "$name" consumers queue.name
contains "consumers" "$(admin --depth 2 --format raw_json list consumers)" "$name"
connection=$(rows connections name user client_properties.connection_name | grep "$name" | cut -f 1)
contains "connection" "$connection" " -> "
contains "channels" "$(rows channels name user number)" "$connection (1)	guest	1"
equal "closed" "$(admin close connection name="$connection")" "connection closed"
wait $consumer || fail "the consumer was not told why: $?"
lacks "connections" "$(rows connections name)" "$connection"
