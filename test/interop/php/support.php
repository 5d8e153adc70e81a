<?php

// What the checks share. A check that fails ends with its reason in one line.
// The library logs in with AMQPLAIN unless told otherwise, and is left to.
declare(strict_types=1);

require_once 'PhpAmqpLib/autoload.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Message\AMQPMessage;

const PATIENCE_S = 15;

set_error_handler(function (int $level, string $text, string $file, int $line): bool {
    throw new ErrorException($text, 0, $level, $file, $line);
}, E_ALL & ~E_DEPRECATED);
set_exception_handler(function (Throwable $error): void {
    echo $error->getTraceAsString(), "\n", get_class($error), ': ', strtr($error->getMessage(), "\n", ' '), "\n";
    exit(1);
});

function connect(): AMQPStreamConnection
{
    $url = parse_url(getenv('AMQP_URL'));
    return new AMQPStreamConnection($url['host'], $url['port'] ?? 5672, $url['user'] ?? 'guest', $url['pass'] ?? 'guest');
}

function unique(string $name): string
{
    return "interop.$name." . bin2hex(random_bytes(6));
}

function equal(mixed $actual, mixed $expected, string $what = 'result'): void
{
    if ($actual !== $expected) {
        throw new Exception("$what: expected " . json_encode($expected) . ', got ' . json_encode($actual));
    }
}

function ownQueue(AMQPChannel $channel): string
{
    return $channel->queue_declare('', false, false, true)[0];
}

/** An exchange that goes when its last binding does. */
function newExchange(AMQPChannel $channel, string $type): string
{
    $name = unique($type);
    $channel->exchange_declare($name, $type, false, false, true);
    return $name;
}

/** A queue of our own bound with these keys. */
function boundQueue(AMQPChannel $channel, string $exchange, string ...$keys): string
{
    $queue = ownQueue($channel);
    foreach ($keys as $key) {
        $channel->queue_bind($queue, $exchange, $key);
    }
    return $queue;
}

function publish(AMQPChannel $channel, string $exchange, string $key, string $body, array $properties = []): void
{
    $channel->basic_publish(new AMQPMessage($body, $properties), $exchange, $key);
}

/** Consumes into the object that is returned; take() and expect() wait for what comes. */
function subscribe(AMQPChannel $channel, string $queue, bool $autoAck = true): ArrayObject
{
    $received = new ArrayObject();
    $channel->basic_consume($queue, '', false, $autoAck, false, false, fn (AMQPMessage $message) => $received->append($message));
    return $received;
}

/** @return AMQPMessage[] */
function take(AMQPChannel $channel, ArrayObject $received, int $count): array
{
    while (count($received) < $count) {
        $channel->wait(null, false, PATIENCE_S);
    }
    $all = $received->getArrayCopy();
    $taken = array_splice($all, 0, $count);
    $received->exchangeArray($all);
    return $taken;
}

function expect(AMQPChannel $channel, ArrayObject $received, string ...$bodies): void
{
    $messages = take($channel, $received, count($bodies));
    equal(array_map(fn (AMQPMessage $message) => $message->getBody(), $messages), $bodies, 'bodies');
}
