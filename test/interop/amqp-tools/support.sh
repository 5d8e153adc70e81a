# What the checks share. `set -e` ends a check at the first command that fails.
set -e
name="interop.tools.$$.$(date +%N)"

fail() {
  echo "$*" >&2
  exit 1
}

equal() { # what actual expected
  [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"
}

# Queues declared by amqp-declare-queue live on after it; this one goes at the end.
new_queue() {
  amqp-declare-queue -u "$AMQP_URL" -d -q "$name" >/dev/null
  trap 'amqp-delete-queue -u "$AMQP_URL" -q "$name" >/dev/null' EXIT
}
