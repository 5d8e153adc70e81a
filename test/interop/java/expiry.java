import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;

class expiry {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          Connection connection = Support.connect();
          Channel channel = connection.createChannel();
          String queue = Support.ownQueue(channel);
          Support.publish(channel, queue, null, "lives");
          Support.publish(channel, queue, new BasicProperties.Builder().expiration("20").build(), "dies");
          Thread.sleep(200);
          Support.Subscription subscription = new Support.Subscription(channel, queue, false);
          Support.equal(subscription.next(), "lives");
          subscription.expectNothing();
          connection.close();
        });
  }
}
