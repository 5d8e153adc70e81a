import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.AMQConnection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class heartbeat_missed {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          ConnectionFactory factory = Support.factory();
          factory.setRequestedHeartbeat(1);
          factory.setAutomaticRecoveryEnabled(false);
          AMQConnection connection = (AMQConnection) factory.newConnection();
          Support.equal(connection.getHeartbeat(), 1);
          CountDownLatch gone = new CountDownLatch(1);
          connection.addShutdownListener((cause) -> gone.countDown());
          Thread.sleep(3100);
          Support.equal(connection.isOpen(), true);
          // From now on it sends none, as if it were dead.
          connection.setHeartbeat(0);
          Support.equal(gone.await(5, TimeUnit.SECONDS), true);
        });
  }
}
