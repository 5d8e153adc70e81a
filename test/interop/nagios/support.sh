# What the checks share. `set -e` ends a check at the first command that fails.
set -e
address=${MANAGEMENT_URL#http://}
name="interop.nagios.$$.$(date +%N)"

fail() {
  echo "$*" >&2
  exit 1
}

# A check as Nagios runs it: its line and its exit code, which is 0 for OK, 1 for a warning, 2 for critical.
says() { # exit-code part check option...
  wanted=$1
  part=$2
  check=$3
  shift 3
  code=0
  line=$("check_rabbitmq_$check" -H "${address%:*}" --port "${address##*:}" -u guest -p guest "$@" 2>&1) || code=$?
  [ "$code" = "$wanted" ] || fail "check_rabbitmq_$check $*: exit code $code: $line"
  case $line in *"$part"*) ;; *) fail "check_rabbitmq_$check $*: '$part' is not in '$line'" ;; esac
}

call() { # METHOD path body
  curl --silent --show-error --fail --user guest:guest --header 'content-type: application/json' \
    --request "$1" "$MANAGEMENT_URL/api/$2" --data "$3"
}
