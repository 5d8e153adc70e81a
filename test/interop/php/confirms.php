<?php

require 'support.php';

use PhpAmqpLib\Message\AMQPMessage;

$connection = connect();
$channel = $connection->channel();
$name = unique('confirms');
$channel->queue_declare($name, false, true, false, false);
$channel->confirm_select();
$confirmed = [];
$channel->set_ack_handler(function (AMQPMessage $message) use (&$confirmed): void {
    $confirmed[] = $message->getBody();
});
$bodies = array_map('strval', range(1, 200));
foreach ($bodies as $body) {
    publish($channel, '', $name, $body, ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT]);
}
$channel->wait_for_pending_acks(PATIENCE_S);
sort($confirmed, SORT_NUMERIC);
equal($confirmed, $bodies, 'confirmed');
equal($channel->queue_purge($name), 200, 'messages purged');
$channel->queue_delete($name);
$connection->close();
