package main

import amqp "github.com/rabbitmq/amqp091-go"

func headers() {
	connection := connect()
	channel := open(connection)
	exchange := newExchange(channel, "headers")
	both := consume(channel, boundQueue(channel, exchange, amqp.Table{"x-match": "all", "os": "linux", "cores": 8}), true)
	either := consume(channel, boundQueue(channel, exchange, amqp.Table{"x-match": "any", "os": "linux", "cores": 8}), true)
	send := func(body string, table amqp.Table) {
		message := amqp.Publishing{Headers: table, Body: []byte(body)}
		must(channel.PublishWithContext(background, exchange, "", false, false, message))
	}
	send("one", amqp.Table{"os": "linux", "cores": 8, "more": true})
	send("two", amqp.Table{"os": "linux", "cores": 4})
	send("three", amqp.Table{"os": "plan9"})
	send("four", nil)
	send("five", amqp.Table{"cores": int64(8)})
	send("six", amqp.Table{"os": "linux", "cores": "8"})
	send("end", amqp.Table{"os": "linux", "cores": int16(8)})
	expect(both, "one", "end")
	expect(either, "one", "two", "five", "six", "end")
	must(connection.Close())
}
