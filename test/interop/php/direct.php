<?php

require 'support.php';

$connection = connect();
$channel = $connection->channel();
$exchange = newExchange($channel, 'direct');
$errors = subscribe($channel, boundQueue($channel, $exchange, 'error'));
$everything = subscribe($channel, boundQueue($channel, $exchange, 'info', 'warning', 'error'));
foreach (['info', 'debug', 'error', 'warning', 'error'] as $key) {
    publish($channel, $exchange, $key, $key);
}
expect($channel, $errors, 'error', 'error');
expect($channel, $everything, 'info', 'error', 'warning', 'error');
$connection->close();
