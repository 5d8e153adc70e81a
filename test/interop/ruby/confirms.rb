require_relative "support"

check do |connection|
  channel = connection.create_channel
  channel.confirm_select
  queue = channel.queue(unique("confirms"), durable: true)
  200.times { |n| queue.publish(n.to_s, persistent: true) }
  equal(channel.wait_for_confirms, true, "all confirmed")
  equal(channel.unconfirmed_set.size, 0, "unconfirmed")
  equal(queue.message_count, 200, "messages in the queue")
  equal(Array.new(200) { queue.pop.last }, (0...200).map(&:to_s), "bodies")
  queue.delete
end
