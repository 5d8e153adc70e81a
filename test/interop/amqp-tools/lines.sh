# One connection publishes each line of its input; a consumer with a prefetch of one takes them in order.
. ./support.sh

new_queue
seq 1 200 | amqp-publish -u "$AMQP_URL" -r "$name" -l
received=$(amqp-consume -u "$AMQP_URL" -q "$name" -p 1 -c 200 cat)
equal "received" "$received" "$(seq 1 200)"
