. ./support.sh
contains "nodes" "$(rows nodes name type)" "	disc"
contains "overview" "$(admin --format long show overview)" "rabbitmq_version: 4."
for what in connections channels consumers exchanges queues bindings users vhosts permissions nodes parameters policies \
  operator_policies vhost_limits; do
  for format in raw_json pretty_json tsv long table kvp bash; do
    admin --format $format list $what >/dev/null || fail "list $what as $format"
  done
done
contains "sorted" "$(admin --sort name --format raw_json list exchanges name)" '[{"name":""}'
contains "reversed" "$(admin --sort name --sort-reverse --format raw_json list exchanges name)" '{"name":""}]'
