# What the library tells of the broker's doings: a returned message, a cancelled consumer, a closed channel.
require_relative "support"

check do |connection|
  channel = connection.create_channel
  returned = Queue.new
  exchange = channel.direct("amq.direct")
  exchange.on_return { |*message| returned << message }
  exchange.publish("back", routing_key: unique("nowhere"), mandatory: true)
  basic_return, _, body = take(returned)
  equal([basic_return.reply_code, basic_return.reply_text, body], [312, "NO_ROUTE", "back"])

  queue = channel.queue("", exclusive: true)
  cancelled = Queue.new
  consumer = Bunny::Consumer.new(channel, queue)
  consumer.on_cancellation { cancelled << :cancelled }
  queue.subscribe_with(consumer)
  connection.create_channel.queue_delete(queue.name)
  equal(take(cancelled), :cancelled)

  missing = unique("missing")
  begin
    connection.create_channel.queue(missing, passive: true)
    raise "a missing queue was declared passively"
  rescue Bunny::NotFound => error
    equal(error.channel_close.reply_code, 404)
    equal(error.message, "NOT_FOUND - no queue '#{missing}' in vhost '/'")
  end
  equal(connection.open?, true, "connection open")
end
