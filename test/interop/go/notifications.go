package main

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// The library's ways of telling what the broker did: a returned message, a cancelled consumer, a closed channel.
func notifications() {
	connection := connect()
	channel := open(connection)
	returns := channel.NotifyReturn(make(chan amqp.Return, 1))
	cancels := channel.NotifyCancel(make(chan string, 1))
	closes := channel.NotifyClose(make(chan *amqp.Error, 1))

	message := amqp.Publishing{Body: []byte("back")}
	must(channel.PublishWithContext(background, "", unique("nowhere"), true, false, message))
	select {
	case returned := <-returns:
		equal("returned", []interface{}{returned.ReplyCode, returned.ReplyText, string(returned.Body)},
			[]interface{}{uint16(312), "NO_ROUTE", "back"})
	case <-time.After(patience):
		panic("nothing was returned")
	}

	queue := ownQueue(channel)
	_, err := channel.Consume(queue, "watcher", false, false, false, false, nil)
	must(err)
	_, err = open(connection).QueueDelete(queue, false, false, false)
	must(err)
	select {
	case tag := <-cancels:
		equal("cancelled", tag, "watcher")
	case <-time.After(patience):
		panic("the consumer was not cancelled")
	}

	missing := unique("missing")
	_, err = channel.QueueDeclarePassive(missing, false, false, false, false, nil)
	text := fmt.Sprintf("NOT_FOUND - no queue '%s' in vhost '/'", missing)
	equal("error", err, &amqp.Error{Code: 404, Reason: text, Server: true, Recover: true})
	select {
	case closed := <-closes:
		equal("closed with", closed.Code, 404)
	case <-time.After(patience):
		panic("no notice of the closed channel")
	}
	ownQueue(open(connection))
	must(connection.Close())
}
