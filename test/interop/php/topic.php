<?php

require 'support.php';

$connection = connect();
$channel = $connection->channel();
$exchange = newExchange($channel, 'topic');
$kern = subscribe($channel, boundQueue($channel, $exchange, 'kern.*'));
$critical = subscribe($channel, boundQueue($channel, $exchange, '*.critical', '#.end'));
$everything = subscribe($channel, boundQueue($channel, $exchange, '#'));
$keys = ['kern.critical', 'kern.info', 'cron.critical', 'kern.a.critical', 'kern', 'kern.last', 'end'];
foreach ($keys as $key) {
    publish($channel, $exchange, $key, $key);
}
expect($channel, $kern, 'kern.critical', 'kern.info', 'kern.last');
expect($channel, $critical, 'kern.critical', 'cron.critical', 'end');
expect($channel, $everything, ...$keys);
$connection->close();
