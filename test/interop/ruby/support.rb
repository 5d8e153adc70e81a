# What the checks share. A check that fails ends with its reason in one line.
require "bunny"
require "securerandom"
require "timeout"

PATIENCE_S = 15

def connect(**options)
  Bunny.new(ENV.fetch("AMQP_URL"), automatically_recover: false, log_level: Logger::FATAL, **options).start
end

def unique(name)
  "interop.#{name}.#{SecureRandom.hex(6)}"
end

def equal(actual, expected, what = "result")
  raise "#{what}: expected #{expected.inspect}, got #{actual.inspect}" unless actual == expected
end

# What a consumer received, in order: [delivery information, properties, body].
def subscribe(queue, **options)
  received = Queue.new
  queue.subscribe(**options) { |*delivery| received << delivery }
  received
end

def take(received)
  Timeout.timeout(PATIENCE_S) { received.pop }
rescue Timeout::Error
  raise "nothing received for #{PATIENCE_S} s"
end

def expect(received, *bodies)
  equal(bodies.map { take(received).last.force_encoding("UTF-8") }, bodies, "bodies")
end

def check
  connection = connect
  yield connection
  connection.close
rescue StandardError => error
  warn error.backtrace, "#{error.class}: #{error.message}".tr("\n", " ")
  exit! 1
end
