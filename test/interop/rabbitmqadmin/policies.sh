. ./support.sh
trap 'for kind in policy operator_policy; do admin delete $kind name="$name" >/dev/null 2>&1 || true; done' EXIT

for kind in policy operator_policy; do
  case $kind in policy) list=policies ;; *) list=operator_policies ;; esac
  told=$(admin declare $kind name="$name" pattern='^nothing$' definition='{"max-length":3}' priority=2 apply-to=queues)
  equal "$kind" "$told" "$kind declared"
  contains "$list" "$(rows $list name pattern apply-to priority)" "$name	^nothing$	queues	2"
  if admin declare $kind name="$name" pattern='(' definition='{}' 2>/dev/null; then fail "took a bad pattern"; fi
done
contains "parameters" "$(rows parameters component name)" "operator_policy	$name"
for kind in policy operator_policy; do
  equal "no $kind" "$(admin delete $kind name="$name")" "$kind deleted"
done
lacks "policies" "$(rows policies name)" "$name"
equal "parameter" "$(admin declare parameter component=vhost-limits name=limits value='{"max-queues":-1}')" "parameter declared"
contains "parameters" "$(rows parameters component name)" "vhost-limits	limits"
equal "no parameter" "$(admin delete parameter component=vhost-limits name=limits)" "parameter deleted"
