package main

func hello() {
	sending, receiving := connect(), connect()
	sender, receiver := open(sending), open(receiving)
	name := unique("hello")
	for _, channel := range []string{"declared", "declared again"} {
		queue, err := sender.QueueDeclare(name, true, false, false, false, nil)
		must(err)
		equal(channel, queue.Name, name)
	}
	publish(sender, "", name, "grüß Gott, 你好")
	publish(sender, "", name, "")
	expect(consume(receiver, name, true), "grüß Gott, 你好", "")
	_, err := receiver.QueueDelete(name, false, false, false)
	must(err)
	must(sending.Close())
	must(receiving.Close())
}
