require_relative "support"

check do |connection|
  channel = connection.create_channel
  exchange = channel.headers(unique("headers"), auto_delete: true)
  listen = lambda do |match|
    arguments = { "x-match" => match, "os" => "linux", "cores" => 8 }
    subscribe(channel.queue("", exclusive: true).bind(exchange, arguments: arguments))
  end
  both, either = listen.call("all"), listen.call("any")
  exchange.publish("one", headers: { "os" => "linux", "cores" => 8 })
  exchange.publish("two", headers: { "os" => "linux", "cores" => 4 })
  exchange.publish("three", headers: { "os" => "plan9" })
  exchange.publish("four")
  exchange.publish("end", headers: { "os" => "linux", "cores" => 8, "x-other" => 1.5 })
  expect(both, "one", "end")
  expect(either, "one", "two", "end")
end
