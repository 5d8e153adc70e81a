import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { UNSENT_BYTES_MAX } from '../outbox.ts';
import type { Arrival, Gate } from './arrival.ts';

/** The sub-protocol of AMQP 0-9-1; a client that names none is taken to mean it. */
const SUB_PROTOCOL = 'amqp';

/** Largest WebSocket message, whose bytes gather before AMQP sees them; it may hold any number of frames, or part of one. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Lets in who upgrades from HTTP. The binary messages then are AMQP's stream of bytes, cut anywhere. */
export class WebSocketGate implements Gate {
  readonly #http: HttpServer;
  readonly #sockets: WebSocketServer;
  readonly #entering: WeakMap<Duplex, { readonly arrival: Arrival; readonly next: (arrival: Arrival) => void }> =
    new WeakMap();

  /** `frameMax`: a client may send each frame as a message. */
  constructor(frameMax: number) {
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: Math.max(MESSAGE_BYTES_MAX, 2 * frameMax),
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
      next({ ...arrival, stream: createWebSocketStream(socket, { highWaterMark: UNSENT_BYTES_MAX }) });
    });
  };
}
