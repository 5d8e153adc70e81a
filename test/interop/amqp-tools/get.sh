. ./support.sh

equal "declared" "$(amqp-declare-queue -u "$AMQP_URL" -d -q "$name")" "$name"
amqp-publish -u "$AMQP_URL" -r "$name" -p -b "one"
amqp-publish -u "$AMQP_URL" -r "$name" -C text/plain -H "kind: second" -b "two"
equal "first" "$(amqp-get -u "$AMQP_URL" -q "$name")" "one"
equal "second" "$(amqp-get -u "$AMQP_URL" -q "$name")" "two"
if amqp-get -u "$AMQP_URL" -q "$name" >/dev/null; then fail "got a third message"; fi
amqp-publish -u "$AMQP_URL" -r "$name" -b "left over"
equal "messages deleted" "$(amqp-delete-queue -u "$AMQP_URL" -q "$name")" "1"
