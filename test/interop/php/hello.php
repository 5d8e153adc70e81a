<?php

require 'support.php';

$sending = connect();
$sender = $sending->channel();
$name = unique('hello');
for ($time = 0; $time < 2; $time++) {
    $sender->queue_declare($name, false, true, false, false);
}
publish($sender, '', $name, 'grüß Gott, 你好');
publish($sender, '', $name, '');

$receiving = connect();
$receiver = $receiving->channel();
expect($receiver, subscribe($receiver, $name), 'grüß Gott, 你好', '');
$receiver->queue_delete($name);
$receiving->close();
$sending->close();
