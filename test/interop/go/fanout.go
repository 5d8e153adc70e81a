package main

func fanout() {
	connection := connect()
	channel := open(connection)
	exchange := newExchange(channel, "fanout")
	first := consume(channel, boundQueue(channel, exchange, ""), true)
	second := consume(channel, boundQueue(channel, exchange, "ignored"), true)
	for _, body := range []string{"one", "two", "three"} {
		publish(channel, exchange, "whatever", body)
	}
	expect(first, "one", "two", "three")
	expect(second, "one", "two", "three")
	must(connection.Close())
}
