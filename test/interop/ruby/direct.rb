require_relative "support"

check do |connection|
  channel = connection.create_channel
  exchange = channel.direct(unique("direct"), auto_delete: true)
  listen = lambda do |*keys|
    queue = channel.queue("", exclusive: true)
    keys.each { |key| queue.bind(exchange, routing_key: key) }
    subscribe(queue)
  end
  errors = listen.call("error")
  everything = listen.call("info", "warning", "error")
  %w[info debug error warning error].each { |key| exchange.publish(key, routing_key: key) }
  expect(errors, "error", "error")
  expect(everything, "info", "error", "warning", "error")
end
