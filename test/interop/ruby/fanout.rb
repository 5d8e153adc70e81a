require_relative "support"

check do |connection|
  channel = connection.create_channel
  exchange = channel.fanout(unique("fanout"), auto_delete: true)
  receivers = Array.new(2) { subscribe(channel.queue("", exclusive: true).bind(exchange)) }
  %w[one two].each { |body| exchange.publish(body) }
  receivers.each { |received| expect(received, "one", "two") }
end
