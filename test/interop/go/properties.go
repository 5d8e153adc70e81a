package main

import (
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Every property and every kind of value in a header arrives as it was sent.
func properties() {
	connection := connect()
	channel := open(connection)
	queue := ownQueue(channel)
	second := time.Unix(1_600_000_000, 0)
	sent := amqp.Publishing{
		Headers: amqp.Table{
			"bool": true, "int8": int8(-8), "byte": byte(200), "int16": int16(-16), "int32": int32(-32),
			"int64": int64(-64), "float32": float32(1.5), "float64": 2.5, "decimal": amqp.Decimal{Scale: 2, Value: 314},
			"string": "grüß", "bytes": []byte{0, 255}, "time": second, "nil": nil,
			"array": []interface{}{int32(1), "two", []interface{}{int32(3)}}, "table": amqp.Table{"inner": amqp.Table{}},
		},
		ContentType: "text/plain", ContentEncoding: "identity", DeliveryMode: amqp.Persistent, Priority: 9,
		CorrelationId: "c", ReplyTo: "r", Expiration: "60000", MessageId: "m", Timestamp: second, Type: "t",
		UserId: "guest", AppId: "a", Body: []byte("body"),
	}
	must(channel.PublishWithContext(background, "", queue, true, false, sent))
	got := next(consume(channel, queue, true))
	for name, value := range sent.Headers {
		equal("header "+name, got.Headers[name], value)
	}
	equal("number of headers", len(got.Headers), len(sent.Headers))
	equal("properties", amqp.Publishing{
		Headers: sent.Headers, ContentType: got.ContentType, ContentEncoding: got.ContentEncoding,
		DeliveryMode: got.DeliveryMode, Priority: got.Priority, CorrelationId: got.CorrelationId, ReplyTo: got.ReplyTo,
		Expiration: got.Expiration, MessageId: got.MessageId, Timestamp: got.Timestamp, Type: got.Type,
		UserId: got.UserId, AppId: got.AppId, Body: got.Body,
	}, sent)
	must(connection.Close())
}
