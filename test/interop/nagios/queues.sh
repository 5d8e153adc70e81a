. ./support.sh
call PUT "queues/%2F/$name" '{"durable":true}'
trap 'call DELETE "queues/%2F/$name" "" || true' EXIT
for _ in 1 2 3; do
  call POST exchanges/%2F/amq.default/publish \
    "{\"routing_key\":\"$name\",\"payload\":\"hare\",\"payload_encoding\":\"string\",\"properties\":{}}" >/dev/null
done
says 0 "messages=3" queue --queue "$name"
says 1 "messages WARNING (3)" queue --queue "$name" --warning 2 --critical 9
says 2 "messages CRITICAL (3)" queue --queue "$name" --warning 1 --critical 2
says 2 "Not Found" queue --queue "$name.missing"
says 0 "messages OK" overview
