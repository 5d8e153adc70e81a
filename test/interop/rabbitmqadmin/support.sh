# What the checks share. `set -e` ends a check at the first command that fails.
set -e
name="interop.admin.$$.$(date +%N)"

fail() {
  echo "$*" >&2
  exit 1
}

equal() { # what actual expected
  [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"
}

contains() { # what actual part
  case $2 in *"$3"*) ;; *) fail "$1: '$3' is not in '$2'" ;; esac
}

lacks() { # what actual part
  case $2 in *"$3"*) fail "$1: '$3' is in '$2'" ;; esac
}

admin() {
  /usr/bin/python3 "$RABBITMQADMIN" --base-uri "$MANAGEMENT_URL" "$@"
}

# Of a list, the named columns, a line for each object.
rows() { # what column...
  admin --format tsv list "$@" | tail -n +2
}

# Waits until the list has the text.
until_listed() { # text what column...
  wanted=$1
  shift
  for _ in $(seq 50); do
    case $(rows "$@") in *"$wanted"*) return ;; esac
    sleep 0.2
  done
  fail "$1: '$wanted' is never listed"
}
