<?php

require 'support.php';

use PhpAmqpLib\Message\AMQPMessage;

$serving = connect();
$server = $serving->channel();
$requests = ownQueue($server);
$answered = 0;
$server->basic_consume($requests, '', false, false, false, false, function (AMQPMessage $request) use ($server, &$answered): void {
    $properties = ['correlation_id' => $request->get('correlation_id')];
    publish($server, '', $request->get('reply_to'), (string) ((int) $request->getBody() ** 2), $properties);
    $request->ack();
    $answered++;
});

$asking = connect();
$client = $asking->channel();
$replies = ownQueue($client);
$answers = subscribe($client, $replies);
for ($n = 0; $n < 20; $n++) {
    publish($client, '', $requests, (string) $n, ['reply_to' => $replies, 'correlation_id' => "id-$n"]);
}
while ($answered < 20) {
    $server->wait(null, false, PATIENCE_S);
}
foreach (take($client, $answers, 20) as $n => $answer) {
    equal([$answer->get('correlation_id'), $answer->getBody()], ["id-$n", (string) ($n * $n)], 'answer');
}
$asking->close();
$serving->close();
