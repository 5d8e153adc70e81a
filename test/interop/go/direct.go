package main

func direct() {
	connection := connect()
	channel := open(connection)
	exchange := newExchange(channel, "direct")
	errors := consume(channel, boundQueue(channel, exchange, "error"), true)
	everything := consume(channel, boundQueue(channel, exchange, "info", "warning", "error"), true)
	for _, key := range []string{"info", "debug", "error", "Error", "warning", "error"} {
		publish(channel, exchange, key, key)
	}
	expect(errors, "error", "error")
	expect(everything, "info", "error", "warning", "error")
	must(connection.Close())
}
