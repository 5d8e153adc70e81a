import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { UNSENT_BYTES_MAX } from '../outbox.ts';
import type { Server } from '../server.ts';
import type { Arrival, Gate } from './arrival.ts';

/** The sub-protocol of AMQP 0-9-1; a client that names none is taken to mean it. */
const SUB_PROTOCOL = 'amqp';

/** What a client may send before it has logged in: a WebSocket message gathers in memory until its end. */
const STRANGER_BYTES_MAX = 1024 * 1024;

/** Frames around a body, in a WebSocket message that holds a whole AMQP message, as browsers send it. */
const FRAMING_SHARE_MAX = 1.01;

/** Lets in who upgrades from HTTP. The binary messages then are AMQP's stream of bytes, cut anywhere. */
export class WebSocketGate implements Gate {
  readonly #server: Server;
  readonly #http: HttpServer;
  readonly #sockets: WebSocketServer;
  readonly #entering: WeakMap<Duplex, { readonly arrival: Arrival; readonly next: (arrival: Arrival) => void }> =
    new WeakMap();

  constructor(server: Server) {
    this.#server = server;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: Math.ceil(server.maxMessageSizeBytes * FRAMING_SHARE_MAX) + STRANGER_BYTES_MAX,
      handleProtocols: (offered) => (offered.has(SUB_PROTOCOL) ? SUB_PROTOCOL : false),
    });
    this.#http = createServer((_request, response) => {
      response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' });
      response.end('AMQP 0-9-1 is spoken here, over WebSocket.\n');
    });
    this.#http.on('upgrade', this.#upgrade);
    this.#http.on('clientError', (_error, stream) => stream.destroy());
  }

  pass(arrival: Arrival, next: (arrival: Arrival) => void): void {
    this.#entering.set(arrival.stream, { arrival, next });
    this.#http.emit('connection', arrival.stream);
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const entering = this.#entering.get(stream);
    if (entering === undefined) {
      stream.destroy();
      return;
    }
    const { arrival, next } = entering;
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      const messages = createWebSocketStream(socket, { highWaterMark: UNSENT_BYTES_MAX });
      this.#limitStranger(arrival, messages);
      next({ ...arrival, stream: messages });
    });
  };

  #limitStranger({ stream, origin }: Arrival, messages: Duplex): void {
    let received = 0;
    const count = (chunk: Buffer): void => {
      received += chunk.length;
      if (received <= STRANGER_BYTES_MAX) return;
      stream.off('data', count);
      const { connections, logger } = this.#server;
      const connection = [...connections].find((candidate) => candidate.socket === messages);
      if (connection?.phase.name === 'running') return;
      logger.warn(
        { peer: `${origin.remoteAddress}:${origin.remotePort}` },
        'too much from a client that is not logged in',
      );
      stream.destroy();
    };
    stream.on('data', count);
  }
}
