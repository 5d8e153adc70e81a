<?php

require 'support.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Wire\AMQPTable;

function listen(AMQPChannel $channel, string $exchange, string $match): ArrayObject
{
    $queue = ownQueue($channel);
    $wanted = new AMQPTable(['x-match' => $match, 'os' => 'linux', 'cores' => 8]);
    $channel->queue_bind($queue, $exchange, '', false, $wanted);
    return subscribe($channel, $queue);
}

$connection = connect();
$channel = $connection->channel();
$exchange = newExchange($channel, 'headers');
$both = listen($channel, $exchange, 'all');
$either = listen($channel, $exchange, 'any');
$send = function (string $body, array $headers) use ($channel, $exchange): void {
    publish($channel, $exchange, '', $body, ['application_headers' => new AMQPTable($headers)]);
};
$send('one', ['os' => 'linux', 'cores' => 8, 'nested' => ['list' => [1, 2]]]);
$send('two', ['os' => 'linux', 'cores' => 4]);
$send('three', ['os' => 'plan9']);
$send('four', []);
$send('end', ['cores' => 8, 'os' => 'linux']);
expect($channel, $both, 'one', 'end');
[$first] = take($channel, $either, 1);
equal($first->get('application_headers')->getNativeData()['nested'], ['list' => [1, 2]], 'nested header');
expect($channel, $either, 'two', 'end');
$connection->close();
