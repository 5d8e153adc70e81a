require_relative "support"

check do |connection|
  channel = connection.create_channel
  exchange = channel.topic(unique("topic"), auto_delete: true)
  listen = lambda do |*patterns|
    queue = channel.queue("", exclusive: true)
    patterns.each { |pattern| queue.bind(exchange, routing_key: pattern) }
    subscribe(queue)
  end
  usa = listen.call("americas.north.us.#")
  weather = listen.call("#.weather", "europe.*.news")
  everything = listen.call("#")
  keys = %w[americas.north.us americas.north.us.ca.weather weather europe.italy.news europe.news asia.weather.now end.weather]
  keys.each { |key| exchange.publish(key, routing_key: key) }
  expect(usa, "americas.north.us", "americas.north.us.ca.weather")
  expect(weather, "americas.north.us.ca.weather", "weather", "europe.italy.news", "end.weather")
  expect(everything, *keys)
end
