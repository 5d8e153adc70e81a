package main

// A worker that is busy gets nothing else; what a dead worker held goes to another, marked as redelivered.
func workQueue() {
	sending, busyOne, freeOne := connect(), connect(), connect()
	sender, busy, free := open(sending), open(busyOne), open(freeOne)
	name := unique("tasks")
	_, err := sender.QueueDeclare(name, true, false, false, false, nil)
	must(err)

	must(busy.Qos(1, 0, false))
	busyTasks := consume(busy, name, false)
	publish(sender, "", name, "long")
	expect(busyTasks, "long")

	must(free.Qos(1, 0, false))
	freeTasks := consume(free, name, false)
	for _, task := range []string{"a", "b", "c", "d"} {
		publish(sender, "", name, task)
	}
	for _, task := range []string{"a", "b", "c", "d"} {
		delivery := next(freeTasks)
		equal("task", string(delivery.Body), task)
		must(delivery.Ack(false))
	}
	must(busyOne.Close())
	again := next(freeTasks)
	equal("task of the dead worker", string(again.Body), "long")
	equal("redelivered", again.Redelivered, true)
	must(again.Ack(false))
	_, err = sender.QueueDelete(name, false, true, false)
	must(err)
	must(freeOne.Close())
	must(sending.Close())
}
