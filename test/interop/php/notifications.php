<?php

// What the library tells of the broker's doings: a returned message, a cancelled consumer, a closed channel.
require 'support.php';

use PhpAmqpLib\Exception\AMQPBasicCancelException;
use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Message\AMQPMessage;

$connection = connect();
$channel = $connection->channel();
$returned = [];
$channel->set_return_listener(function ($code, $text, $exchange, $key, AMQPMessage $message) use (&$returned): void {
    $returned[] = [$code, $text, $exchange, $message->getBody()];
});
$channel->basic_publish(new AMQPMessage('back'), 'amq.topic', unique('nowhere'), true);
while (count($returned) === 0) {
    $channel->wait(null, false, PATIENCE_S);
}
equal($returned, [[312, 'NO_ROUTE', 'amq.topic', 'back']], 'returned');

$queue = ownQueue($channel);
$received = subscribe($channel, $queue);
$connection->channel()->queue_delete($queue);
$cancelled = null;
try {
    $channel->wait(null, false, PATIENCE_S);
} catch (AMQPBasicCancelException $error) {
    $cancelled = $error;
}
equal($cancelled !== null, true, 'consumer cancelled');

$missing = unique('missing');
$closed = null;
try {
    $connection->channel()->queue_declare($missing, true);
} catch (AMQPProtocolChannelException $error) {
    $closed = [$error->amqp_reply_code, $error->amqp_reply_text];
}
equal($closed, [404, "NOT_FOUND - no queue '$missing' in vhost '/'"], 'channel closed');
equal($connection->isConnected(), true, 'connection open');
$connection->close();
