# A worker that is busy gets nothing else; what a dead worker held goes to another, marked as redelivered.
require_relative "support"

check do |sender|
  name = unique("tasks")
  tasks = sender.create_channel.queue(name, durable: true)
  busy, free = connect, connect

  work = lambda do |connection|
    channel = connection.create_channel
    channel.prefetch(1)
    [channel, subscribe(channel.queue(name, durable: true), manual_ack: true)]
  end

  _, held = work.call(busy)
  tasks.publish("long", persistent: true)
  expect(held, "long")
  channel, received = work.call(free)
  %w[a b c d].each { |task| tasks.publish(task, persistent: true) }
  %w[a b c d].each do |task|
    delivery, _, body = take(received)
    equal(body, task)
    channel.ack(delivery.delivery_tag)
  end
  busy.close
  delivery, _, body = take(received)
  equal([body, delivery.redelivered?], ["long", true], "task of the dead worker")
  channel.ack(delivery.delivery_tag)
  free.close
  equal(tasks.message_count, 0, "messages left")
  tasks.delete
end
