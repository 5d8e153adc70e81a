package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const patience = 15 * time.Second

var background = context.Background()

func connect() *amqp.Connection {
	connection, err := amqp.Dial(os.Getenv("AMQP_URL"))
	must(err)
	return connection
}

func open(connection *amqp.Connection) *amqp.Channel {
	channel, err := connection.Channel()
	must(err)
	return channel
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func equal(what string, actual, expected interface{}) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%s: expected %#v, got %#v", what, expected, actual))
	}
}

func unique(name string) string {
	return fmt.Sprintf("interop.%s.%d.%d", name, os.Getpid(), time.Now().UnixNano())
}

// ownQueue is a queue that the server names and that goes with its connection.
func ownQueue(channel *amqp.Channel) string {
	queue, err := channel.QueueDeclare("", false, false, true, false, nil)
	must(err)
	return queue.Name
}

// boundQueue is a queue of our own with bindings, each a routing key or a table of headers.
func boundQueue(channel *amqp.Channel, exchange string, bindings ...interface{}) string {
	queue := ownQueue(channel)
	for _, binding := range bindings {
		key, _ := binding.(string)
		arguments, _ := binding.(amqp.Table)
		must(channel.QueueBind(queue, key, exchange, false, arguments))
	}
	return queue
}

// newExchange goes when its last binding does.
func newExchange(channel *amqp.Channel, kind string) string {
	name := unique(kind)
	must(channel.ExchangeDeclare(name, kind, false, true, false, false, nil))
	return name
}

func publish(channel *amqp.Channel, exchange, key, body string) {
	must(channel.PublishWithContext(background, exchange, key, false, false, amqp.Publishing{Body: []byte(body)}))
}

func consume(channel *amqp.Channel, queue string, autoAck bool) <-chan amqp.Delivery {
	deliveries, err := channel.Consume(queue, "", autoAck, false, false, false, nil)
	must(err)
	return deliveries
}

func next(deliveries <-chan amqp.Delivery) amqp.Delivery {
	select {
	case delivery, open := <-deliveries:
		if !open {
			panic("the consumer was cancelled")
		}
		return delivery
	case <-time.After(patience):
		panic(fmt.Sprintf("no delivery for %s", patience))
	}
}

// expect takes as many messages as there are bodies, and compares.
func expect(deliveries <-chan amqp.Delivery, bodies ...string) {
	actual := []string{}
	for range bodies {
		actual = append(actual, string(next(deliveries).Body))
	}
	equal("bodies", actual, bodies)
}
