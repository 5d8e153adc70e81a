import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;

class global_prefetch {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          Connection connection = Support.connect();
          Channel channel = connection.createChannel();
          String queue = Support.ownQueue(channel);
          channel.basicQos(1, true);
          Support.Subscription first = new Support.Subscription(channel, queue, false);
          Support.publish(channel, queue, null, "1", "2", "3", "4");
          Support.equal(first.next(), "1");
          // What is taken by basic.get counts for nothing.
          GetResponse got = channel.basicGet(queue, false);
          Support.equal(Support.text(got.getBody()), "2");
          channel.basicAck(first.lastTag(), false);
          Support.equal(first.next(), "3");
          channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
          first.expectNothing();
          // Nor does a consumer without acknowledgements get anything while there is no room.
          String other = Support.ownQueue(channel);
          Support.Subscription second = new Support.Subscription(channel, other, true);
          Support.publish(channel, other, null, "a", "b");
          second.expectNothing();
          channel.basicCancel(first.consumerTag);
          channel.basicAck(first.lastTag(), false);
          Support.equal(second.next(), "a");
          Support.equal(second.next(), "b");
          connection.close();
        });
  }
}
