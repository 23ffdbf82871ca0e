import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A proxy as companies have them, and what it was asked for. */
export interface ForwardProxy {
  /** Its address with the user and password that it asks for. */
  url: string;
  origin: string;
  /** Each tunnel as `CONNECT host:port`, each request as `GET http://…`. */
  asked: string[];
}

const USER = 'user';
export const PROXY_PASSWORD = 'pass word%1';
const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PROXY_PASSWORD}`).toString('base64')}`;
const DENIED = '<html><title>ERR_CACHE_ACCESS_DENIED</title></html>';

/** Starts one; closed after the test. Whoever does not give its password gets 407 and a page. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers['proxy-authorization'] !== AUTHORIZATION) {
      response.writeHead(407, { 'content-type': 'text/html' }).end(DENIED);
      return;
    }
    const onward = forward(request.url ?? '', { headers: request.headers }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    request.pipe(onward.on('error', () => response.writeHead(502).end()));
  });
  server.on('connect', (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (request.headers['proxy-authorization'] !== AUTHORIZATION) {
      client.end(`HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) socket.on('error', () => socket.destroy());
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { url: `http://${USER}:${encodeURIComponent(PROXY_PASSWORD)}@${host}`, origin: `http://${host}`, asked };
}
