import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;

class exclusive_queue {
  public static void main(String[] arguments) {
    Support.check(
        () -> {
          Connection owning = Support.connect();
          Channel owner = owning.createChannel();
          String queue = Support.ownQueue(owner);
          owner.queueBind(queue, "amq.direct", queue);
          Connection connection = Support.connect();
          Support.refused(405, () -> connection.createChannel().queueBind(queue, "amq.direct", ""));
          Support.refused(405, () -> connection.createChannel().queueUnbind(queue, "amq.direct", queue));
          Support.refused(405, () -> connection.createChannel().basicGet(queue, true));
          Support.refused(405, () -> connection.createChannel().queueDeclarePassive(queue));
          owning.close();
          Support.refused(404, () -> connection.createChannel().queueDeclarePassive(queue));
          connection.close();
        });
  }
}
