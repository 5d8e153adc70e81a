<?php

require 'support.php';

$connection = connect();
$channel = $connection->channel();
$exchange = newExchange($channel, 'fanout');
$first = subscribe($channel, boundQueue($channel, $exchange, ''));
$second = subscribe($channel, boundQueue($channel, $exchange, 'ignored'));
foreach (['one', 'two'] as $body) {
    publish($channel, $exchange, 'whatever', $body);
}
expect($channel, $first, 'one', 'two');
expect($channel, $second, 'one', 'two');
$connection->close();
