"""The application the worker and the checks share. Run by itself, it removes what the worker leaves on the broker."""
import os

from celery import Celery

QUEUE = "interop.celery"

app = Celery("interop", broker=os.environ["AMQP_URL"], backend="rpc://")
app.conf.task_default_queue = QUEUE
app.conf.worker_send_task_events = True
app.conf.broker_connection_retry = False


@app.task
def add(x, y):
    return x + y


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True, max_retries=3)
def third_time_lucky(self):
    """Fails twice; each retry is a new message, published by the worker, with the same id."""
    if self.request.retries < 2:
        raise self.retry(countdown=0.2)
    return [self.request.retries, self.request.id]


@app.task(bind=True, acks_late=True, reject_on_worker_lost=True)
def die_once(self):
    """Kills its process the first time, so that the message goes back to the queue and is delivered again."""
    if not self.request.delivery_info["redelivered"]:
        os.kill(os.getpid(), 9)
    return "survived"


if __name__ == "__main__":
    with app.connection_for_write() as connection:
        channel = connection.channel()
        channel.queue_delete(QUEUE)
        channel.exchange_delete(QUEUE)
