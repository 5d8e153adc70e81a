# A binary body of a million bytes, through standard input and output.
. ./support.sh

new_queue
head -c 1000000 /dev/urandom >"$TMPDIR/$name"
amqp-publish -u "$AMQP_URL" -r "$name" <"$TMPDIR/$name"
sent=$(md5sum <"$TMPDIR/$name")
rm "$TMPDIR/$name"
equal "digest" "$(amqp-get -u "$AMQP_URL" -q "$name" | md5sum)" "$sent"
