import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that a test can break. */
export interface Proxy {
  port: number;
  /** The URL with the proxy's address in place of its own. */
  through: (url: string) => string;
  /** Leads new connections to another port. */
  target: (port: number) => void;
  /** Breaks every connection, and refuses new ones until `mend`. */
  cut: () => void;
  /** Lets nothing through any more, in either direction, but keeps connections open until `mend`. */
  freeze: () => void;
  /** Lets nothing through on the connections there are, but for ever; new ones work. */
  silence: () => void;
  mend: () => void;
  close: () => Promise<void>;
}

/** Starts a proxy in front of a port of this machine. */
export async function startProxy(behind: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  let [to, isCut, isFrozen] = [behind, false, false];
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    if (isFrozen) socket.pause();
  };
  const server = createServer((client) => {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) track(socket);
    client.on('data', (data) => upstream.write(data)).on('close', () => upstream.destroy());
    upstream.on('data', (data) => client.write(data)).on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const breakAll = () => {
    for (const socket of [...sockets, ...silent]) socket.destroy();
  };
  return {
    port,
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    target: (next) => void (to = next),
    cut() {
      isCut = true;
      breakAll();
    },
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    silence() {
      for (const socket of sockets) {
        socket.pause().removeAllListeners('data');
        silent.add(socket);
      }
      sockets.clear();
    },
    mend() {
      [isCut, isFrozen] = [false, false];
      for (const socket of sockets) socket.resume();
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
