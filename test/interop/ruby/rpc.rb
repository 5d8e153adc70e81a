require_relative "support"

check do |client|
  server = connect
  serving = server.create_channel
  requests = serving.queue("", exclusive: true)
  requests.subscribe(manual_ack: true) do |delivery, properties, body|
    answer = { routing_key: properties.reply_to, correlation_id: properties.correlation_id }
    serving.default_exchange.publish((body.to_i**2).to_s, **answer)
    serving.ack(delivery.delivery_tag)
  end

  asking = client.create_channel
  replies = asking.queue("", exclusive: true)
  answers = subscribe(replies)
  20.times do |n|
    question = { routing_key: requests.name, reply_to: replies.name, correlation_id: "id-#{n}" }
    asking.default_exchange.publish(n.to_s, **question)
  end
  20.times do |n|
    _, properties, body = take(answers)
    equal([properties.correlation_id, body], ["id-#{n}", (n * n).to_s], "answer")
  end
  server.close
end
