"""RPC over direct reply-to: the answers come straight back, to the channel that asked."""
import pika
from support import connect, equal, raises, unique

REPLIES = "amq.rabbitmq.reply-to"
serving, asking = connect(), connect()
requests = unique("requests")
server = serving.channel()
server.queue_declare(requests, exclusive=False, auto_delete=True)


def answer(channel, _, properties, body):
    reply = pika.BasicProperties(correlation_id=properties.correlation_id)
    channel.basic_publish("", properties.reply_to, body.upper(), properties=reply)


server.basic_consume(requests, answer, auto_ack=True)

client = asking.channel()
answers = []
tag = client.basic_consume(REPLIES, lambda *arrived: answers.append(arrived[2:]), auto_ack=True)
for number in range(100):
    properties = pika.BasicProperties(reply_to=REPLIES, correlation_id=str(number))
    client.basic_publish("", requests, f"question {number}".encode(), properties=properties)
for _ in range(200):
    serving.process_data_events(time_limit=0.05)
    asking.process_data_events(time_limit=0.05)
    if len(answers) == 100:
        break
equal([properties.correlation_id for properties, _ in answers], [str(number) for number in range(100)])
equal([body for _, body in answers], [f"QUESTION {number}".encode() for number in range(100)])

other = asking.channel()
other.queue_declare(REPLIES, passive=True)
other.basic_publish("", requests, b"?", properties=pika.BasicProperties(reply_to=REPLIES))
closed = raises(pika.exceptions.ChannelClosedByBroker, lambda: other.queue_declare(requests, passive=True))
equal(closed.reply_code, 406)
serving.close()
asking.close()
