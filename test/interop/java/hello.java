import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.util.Date;
import java.util.List;
import java.util.Map;

class hello {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          Connection connection = Support.connect();
          Channel channel = connection.createChannel();
          String queue = Support.ownQueue(channel);
          Map<String, Object> headers = Map.of("int", 1, "long", 1L << 40, "list", List.of(true, 1.5d), "date", new Date(0));
          BasicProperties properties =
              new BasicProperties.Builder().headers(headers).contentType("text/plain").priority(3).build();
          Support.publish(channel, queue, properties, "grüß Gott, 你好");
          Support.Subscription subscription = new Support.Subscription(channel, queue, false);
          Support.equal(subscription.next(), "grüß Gott, 你好");
          channel.basicNack(subscription.lastTag(), false, true);
          Support.equal(subscription.next(), "grüß Gott, 你好");
          channel.basicCancel(subscription.consumerTag);
          channel.basicRecover();
          GetResponse got = channel.basicGet(queue, true);
          Support.equal(got.getEnvelope().isRedeliver(), true);
          Support.equal(got.getProps().getHeaders().get("long"), 1L << 40);
          Support.equal(got.getProps().getHeaders().get("list"), List.of(true, 1.5d));
          Support.equal(got.getProps().getPriority(), 3);
          connection.close();
        });
  }
}
