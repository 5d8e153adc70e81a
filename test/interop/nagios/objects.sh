. ./support.sh
says 0 "vhost: /" aliveness
says 3 "Not found" aliveness --vhost nowhere
says 0 "Gathered Object Counts" objects
says 0 "connections OK" connections
