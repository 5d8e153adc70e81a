<?php

// A worker that is busy gets nothing else; what a dead worker held goes to another, marked as redelivered.
require 'support.php';

use PhpAmqpLib\Message\AMQPMessage;

$sending = connect();
$sender = $sending->channel();
$name = unique('tasks');
$sender->queue_declare($name, false, true, false, false);
$persistent = ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT];

$busyOne = connect();
$busy = $busyOne->channel();
$busy->basic_qos(0, 1, false);
$held = subscribe($busy, $name, false);
publish($sender, '', $name, 'long', $persistent);
expect($busy, $held, 'long');

$freeOne = connect();
$free = $freeOne->channel();
$free->basic_qos(0, 1, false);
$tasks = subscribe($free, $name, false);
foreach (['a', 'b', 'c', 'd'] as $task) {
    publish($sender, '', $name, $task, $persistent);
}
foreach (['a', 'b', 'c', 'd'] as $task) {
    [$message] = take($free, $tasks, 1);
    equal($message->getBody(), $task, 'task');
    $message->ack();
}
$busyOne->close();
[$message] = take($free, $tasks, 1);
equal([$message->getBody(), $message->isRedelivered()], ['long', true], 'task of the dead worker');
$message->ack();
$freeOne->close();
equal($sender->queue_declare($name, true)[1], 0, 'messages left');
$sender->queue_delete($name);
$sending->close();
