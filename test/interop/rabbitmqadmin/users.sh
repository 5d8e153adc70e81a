. ./support.sh
trap 'admin delete user name="$name" >/dev/null 2>&1 || true; admin delete vhost name="$name" >/dev/null 2>&1 || true' EXIT

equal "vhost" "$(admin declare vhost name="$name" tracing=false)" "vhost declared"
contains "vhosts" "$(rows vhosts name)" "$name"
equal "user" "$(admin declare user name="$name" password=secret tags=monitoring)" "user declared"
contains "users" "$(rows users name tags)" "$name	monitoring"
equal "permission" "$(admin declare permission vhost="$name" user="$name" configure= write= read='.*')" "permission declared"
contains "permissions" "$(rows permissions vhost user read)" "$name	$name	.*"
contains "login" "$(admin --username "$name" --password secret --format kvp show overview)" 'rabbitmq_version="4.'
if admin --username "$name" --password wrong show overview 2>/dev/null; then fail "logged in with a wrong password"; fi
equal "limit" "$(admin declare vhost_limit vhost="$name" name=max-queues value=5)" "vhost_limit declared"
contains "limits" "$(admin --format raw_json list vhost_limits)" '"max-queues":5'
equal "no limit" "$(admin delete vhost_limit vhost="$name" name=max-queues)" "vhost_limit deleted"
lacks "limits" "$(admin --format raw_json list vhost_limits)" "$name"
equal "no permission" "$(admin delete permission vhost="$name" user="$name")" "permission deleted"
lacks "permissions" "$(rows permissions vhost user)" "$name	$name"
equal "no user" "$(admin delete user name="$name")" "user deleted"
lacks "users" "$(rows users name)" "$name"
equal "no vhost" "$(admin delete vhost name="$name")" "vhost deleted"
lacks "vhosts" "$(rows vhosts name)" "$name"
