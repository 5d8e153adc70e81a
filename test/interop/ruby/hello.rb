require_relative "support"

check do |sender|
  name = unique("hello")
  channel = sender.create_channel
  2.times { channel.queue(name, durable: true) }
  channel.default_exchange.publish("grüß Gott, 你好", routing_key: name)
  receiver = connect
  queue = receiver.create_channel.queue(name, durable: true)
  expect(subscribe(queue), "grüß Gott, 你好")
  queue.delete
  receiver.close
end
