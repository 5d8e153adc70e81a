# restart_clients.rb QUEUE: takes everything in the queue of AMQP_URL, acknowledges it, and prints the number of each body.
require "bunny"
require "timeout"

connection = Bunny.new(ENV.fetch("AMQP_URL"), automatically_recover: false, log_level: Logger::FATAL).start
channel = connection.create_channel
queue = channel.queue(ARGV.fetch(0), durable: true)
left = queue.message_count
received = Queue.new
queue.subscribe(manual_ack: true) { |delivery, properties, body| received << [delivery, properties, body] }
left.times do
  delivery, properties, body = Timeout.timeout(10) { received.pop }
  number, length, = body.unpack("NN")
  raise "a body of #{body.bytesize} bytes instead of #{length}" unless body.bytesize == length
  raise "message id #{properties.message_id} on message #{number}" unless properties.message_id == number.to_s
  channel.ack(delivery.delivery_tag)
  puts number
end
raise "more than #{left} messages" unless received.empty?
connection.close
