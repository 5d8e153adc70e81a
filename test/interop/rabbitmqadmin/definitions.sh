. ./support.sh
file="$TMPDIR/$name.json"
trap 'rm -f "$file"; admin delete vhost name="$name" >/dev/null 2>&1 || true' EXIT

admin declare vhost name="$name" >/dev/null
admin --vhost "$name" declare queue name=q durable=true >/dev/null
admin --vhost "$name" declare exchange name=e type=fanout >/dev/null
admin --vhost "$name" declare binding source=e destination=q >/dev/null
contains "exported" "$(admin --vhost "$name" export "$file")" "Exported definitions"
admin --vhost "$name" delete queue name=q >/dev/null
admin --vhost "$name" delete exchange name=e >/dev/null
contains "imported" "$(admin --vhost "$name" import "$file")" "Uploaded definitions"
contains "bindings" "$(admin --vhost "$name" --format tsv list bindings source destination)" "e	q"
contains "all exported" "$(admin export "$file")" "Exported definitions"
contains "users" "$(cat "$file")" '"password_hash"'
contains "all imported" "$(admin import "$file")" "Uploaded definitions"
