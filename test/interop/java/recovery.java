import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A connection that is cut comes back with its exchanges, queues, bindings and consumers, without a word of the program. */
class recovery {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          List<Socket> sockets = new ArrayList<>();
          ConnectionFactory factory = Support.factory();
          factory.setNetworkRecoveryInterval(200);
          factory.setSocketConfigurator(sockets::add);
          Connection connection = factory.newConnection();
          Channel channel = connection.createChannel();
          String exchange = Support.unique("recovery");
          channel.exchangeDeclare(exchange, "topic", false, true, null);
          String queue = Support.ownQueue(channel);
          channel.queueBind(queue, exchange, "a.#");
          channel.basicQos(2);
          Support.Subscription subscription = new Support.Subscription(channel, queue, false);
          CountDownLatch recovered = new CountDownLatch(1);
          ((Recoverable) connection)
              .addRecoveryListener(
                  new RecoveryListener() {
                    @Override
                    public void handleRecovery(Recoverable recoverable) {
                      recovered.countDown();
                    }

                    @Override
                    public void handleRecoveryStarted(Recoverable recoverable) {}
                  });
          channel.basicPublish(exchange, "a.b", null, "before".getBytes());
          Support.equal(subscription.next(), "before");
          sockets.get(0).close();
          Support.equal(recovered.await(Support.PATIENCE_MS, TimeUnit.MILLISECONDS), true);
          channel.basicPublish(exchange, "a.c", null, "after".getBytes());
          Support.equal(subscription.next(), "after");
          connection.close();
        });
  }
}
