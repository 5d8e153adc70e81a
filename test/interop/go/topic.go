package main

func topic() {
	connection := connect()
	channel := open(connection)
	exchange := newExchange(channel, "topic")
	orange := consume(channel, boundQueue(channel, exchange, "*.orange.*"), true)
	// Two bindings that match the same message still make one copy.
	rabbits := consume(channel, boundQueue(channel, exchange, "*.*.rabbit", "lazy.#"), true)
	keys := []string{
		"quick.orange.rabbit", "lazy.orange.elephant", "quick.orange.fox", "lazy.brown.fox", "lazy.pink.rabbit",
		"quick.brown.fox", "orange", "quick.orange.new.rabbit", "lazy.orange.new.rabbit", "lazy", "a.orange.",
	}
	for _, key := range keys {
		publish(channel, exchange, key, key)
	}
	expect(orange, "quick.orange.rabbit", "lazy.orange.elephant", "quick.orange.fox", "a.orange.")
	expect(rabbits, "quick.orange.rabbit", "lazy.orange.elephant", "lazy.brown.fox", "lazy.pink.rabbit",
		"lazy.orange.new.rabbit", "lazy")
	must(connection.Close())
}
