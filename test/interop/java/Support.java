import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the checks share. A check that fails ends with its reason in one line. */
final class Support {
  static final long PATIENCE_MS = 15_000;
  static final long QUIET_MS = 300;

  interface Check {
    void run() throws Exception;
  }

  /** What one consumer was sent. */
  static final class Subscription {
    final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    final List<Long> tags = new ArrayList<>();
    final String consumerTag;

    Subscription(Channel channel, String queue, boolean autoAck) throws Exception {
      consumerTag =
          channel.basicConsume(
              queue,
              autoAck,
              (tag, delivery) -> {
                synchronized (tags) {
                  tags.add(delivery.getEnvelope().getDeliveryTag());
                }
                bodies.add(text(delivery.getBody()));
              },
              (tag) -> bodies.add("(cancelled)"));
    }

    String next() throws Exception {
      String body = bodies.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
      if (body == null) throw new Exception("nothing was delivered");
      return body;
    }

    void expectNothing() throws Exception {
      String body = bodies.poll(QUIET_MS, TimeUnit.MILLISECONDS);
      if (body != null) throw new Exception("delivered though there was no room, or no reason: " + body);
    }

    long lastTag() {
      synchronized (tags) {
        return tags.get(tags.size() - 1);
      }
    }
  }

  static void check(Check check) {
    try {
      check.run();
    } catch (Throwable error) {
      error.printStackTrace(System.out);
      System.out.println(error.toString().replace('\n', ' '));
      System.exit(1);
    }
    System.exit(0);
  }

  static ConnectionFactory factory() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(System.getenv("AMQP_URL"));
    return factory;
  }

  static Connection connect() throws Exception {
    return factory().newConnection();
  }

  static String unique(String name) {
    return "interop." + name + "." + UUID.randomUUID();
  }

  /** A queue for this connection alone, which outlives its consumers. */
  static String ownQueue(Channel channel) throws Exception {
    return channel.queueDeclare(unique("own"), false, true, false, null).getQueue();
  }

  static void publish(Channel channel, String queue, BasicProperties properties, String... bodies) throws Exception {
    for (String body : bodies) channel.basicPublish("", queue, properties, body.getBytes(StandardCharsets.UTF_8));
  }

  static String get(Channel channel, String queue) throws Exception {
    GetResponse response = channel.basicGet(queue, true);
    return response == null ? null : text(response.getBody());
  }

  static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  static void equal(Object actual, Object expected) throws Exception {
    if (!Objects.equals(actual, expected)) throw new Exception("expected " + expected + ", got " + actual);
  }

  /** The reply code with which the server closes the channel over what is done. */
  static void refused(int code, Check offence) throws Exception {
    try {
      offence.run();
    } catch (java.io.IOException error) {
      com.rabbitmq.client.ShutdownSignalException signal =
          (com.rabbitmq.client.ShutdownSignalException) error.getCause();
      equal(((com.rabbitmq.client.AMQP.Channel.Close) signal.getReason()).getReplyCode(), code);
      return;
    }
    throw new Exception("it was not refused");
  }

  private Support() {}
}
