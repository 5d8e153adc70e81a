package main

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

const confirmedMessages = 500

func confirms() {
	connection := connect()
	channel := open(connection)
	name := unique("confirms")
	_, err := channel.QueueDeclare(name, true, false, false, false, nil)
	must(err)
	must(channel.Confirm(false))
	pending := []*amqp.DeferredConfirmation{}
	for n := 1; n <= confirmedMessages; n++ {
		message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte(fmt.Sprint(n))}
		confirmation, err := channel.PublishWithDeferredConfirmWithContext(background, "", name, true, false, message)
		must(err)
		pending = append(pending, confirmation)
	}
	for n, confirmation := range pending {
		equal("tag", confirmation.DeliveryTag, uint64(n+1))
		equal("confirmed", confirmation.Wait(), true)
	}
	count, err := channel.QueueDelete(name, true, false, false)
	must(err)
	equal("messages deleted with the queue", count, confirmedMessages)
	must(connection.Close())
}
