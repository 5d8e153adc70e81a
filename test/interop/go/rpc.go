package main

import (
	"fmt"
	"strconv"

	amqp "github.com/rabbitmq/amqp091-go"
)

func rpc() {
	serving, asking := connect(), connect()
	server, client := open(serving), open(asking)
	requests := ownQueue(server)
	must(server.Qos(1, 0, false))
	go answer(server, consume(server, requests, false))

	// The requests' queue is exclusive to the server's connection, but anybody may publish to it.
	replies := ownQueue(client)
	answers := consume(client, replies, true)
	for n := 0; n < 20; n++ {
		must(client.PublishWithContext(background, "", requests, true, false, amqp.Publishing{
			CorrelationId: fmt.Sprintf("id-%d", n),
			ReplyTo:       replies,
			Body:          []byte(strconv.Itoa(n)),
		}))
	}
	for n := 0; n < 20; n++ {
		reply := next(answers)
		equal("correlation id", reply.CorrelationId, fmt.Sprintf("id-%d", n))
		equal("answer", string(reply.Body), strconv.Itoa(n*n))
	}
	must(asking.Close())
	must(serving.Close())
}

func answer(channel *amqp.Channel, requests <-chan amqp.Delivery) {
	for request := range requests {
		n, _ := strconv.Atoi(string(request.Body))
		reply := amqp.Publishing{CorrelationId: request.CorrelationId, Body: []byte(strconv.Itoa(n * n))}
		_ = channel.PublishWithContext(background, "", request.ReplyTo, false, false, reply)
		_ = request.Ack(false)
	}
}
