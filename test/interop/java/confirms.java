import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

class confirms {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          Connection connection = Support.connect();
          Channel channel = connection.createChannel();
          String queue = Support.unique("confirms");
          channel.queueDeclare(queue, true, false, false, null);
          channel.confirmSelect();
          for (int count = 0; count < 500; count++) {
            Support.publish(channel, queue, MessageProperties.PERSISTENT_TEXT_PLAIN, "" + count);
          }
          channel.waitForConfirmsOrDie(Support.PATIENCE_MS);
          BlockingQueue<String> returned = new LinkedBlockingQueue<>();
          channel.addReturnListener(
              (code, text, exchange, key, properties, body) -> returned.add(text));
          channel.basicPublish("", Support.unique("nowhere"), true, null, new byte[0]);
          channel.waitForConfirmsOrDie(Support.PATIENCE_MS);
          Support.equal(returned.poll(Support.PATIENCE_MS, TimeUnit.MILLISECONDS), "NO_ROUTE");
          Support.equal(channel.queueDelete(queue).getMessageCount(), 500);
          connection.close();
        });
  }
}
