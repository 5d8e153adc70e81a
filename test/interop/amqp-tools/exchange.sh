# A consumer with an exclusive queue of its own, bound to a predeclared exchange.
. ./support.sh

amqp-consume -u "$AMQP_URL" -e amq.topic -r "$name.*" -x -A -c 2 cat >"$TMPDIR/$name" 2>/dev/null &
consumer=$!
trap 'rm -f "$TMPDIR/$name"' EXIT
# The consumer does not say when it is bound, so the first message is sent until it has come.
while ! grep -q first "$TMPDIR/$name"; do
  amqp-publish -u "$AMQP_URL" -e amq.topic -r "$name.first" -b "first "
  amqp-publish -u "$AMQP_URL" -e amq.topic -r "$name.too.deep" -b "wrong "
  sleep 0.1
done
amqp-publish -u "$AMQP_URL" -e amq.topic -r "$name.last" -b "last "
wait $consumer
case "$(cat "$TMPDIR/$name")" in
"first last " | "first first ") ;;
*) fail "received '$(cat "$TMPDIR/$name")'" ;;
esac
