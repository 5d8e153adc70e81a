. ./support.sh
trap 'admin delete queue name="$name" >/dev/null 2>&1 || true' EXIT

admin declare queue name="$name" durable=false >/dev/null
equal "published" "$(admin publish routing_key="$name" payload=one)" "Message published"
echo two | admin publish routing_key="$name" properties='{"delivery_mode":2,"headers":{"kind":"second"}}' >/dev/null
equal "not routed" "$(admin publish routing_key="$name.nowhere" payload=lost)" "Message published but NOT routed"
until_listed "$name	2" queues name messages
contains "peeked" "$(admin --format raw_json get queue="$name" ackmode=ack_requeue_true)" '"payload":"one"'
first=$(admin --format raw_json get queue="$name" ackmode=ack_requeue_false)
contains "first" "$first" '"payload":"one"'
contains "redelivered" "$first" '"redelivered":true'
second=$(admin --format raw_json get queue="$name" ackmode=reject_requeue_false count=5)
contains "headers" "$second" '"kind":"second"'
admin publish routing_key="$name" payload=three >/dev/null
admin get queue="$name" ackmode=ack_requeue_false payload_file="$TMPDIR/$name" >/dev/null
equal "file" "$(cat "$TMPDIR/$name")" "three"
rm "$TMPDIR/$name"
admin publish routing_key="$name" payload=four >/dev/null
equal "purged" "$(admin purge queue name="$name")" "queue purged"
contains "empty" "$(admin get queue="$name" ackmode=ack_requeue_true)" "No items"
