. ./support.sh
# These make the name of the node of `rabbit@` and what they are given.
says 0 "No Partitions" partition --node localhost
says 0 "mem_alarm disk_free_alarm" watermark --node localhost
# It takes no sockets at all for a figure that failed, so there has to be a client.
broker=${AMQP_URL#*@}
sleep 20 | curl --silent "telnet://${broker%%/*}" >/dev/null &
trap 'kill $! 2>/dev/null || true' EXIT
for _ in $(seq 50); do
  code=0
  line=$(check_rabbitmq_server -H "${address%:*}" --port "${address##*:}" -u guest -p guest --node localhost) || code=$?
  [ "$code" != 0 ] || break
  sleep 0.1
done
says 0 "Sockets OK" server --node localhost
