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
  /** Holds back all data on the present connections forever; new ones work. */
  silence: () => void;
  /** Delays all data by `ms`, until `mend`. */
  slow: (ms: number) => void;
  /** Breaks each connection in the middle of the next data that comes back over it, until `mend`. */
  tear: () => void;
  mend: () => void;
  close: () => Promise<void>;
}

/** Passes data on in order, each part so much later as the delay is when it comes. */
function channel(to: Socket, delay: () => number): (data: Buffer) => void {
  const waiting: Buffer[] = [];
  const deliver = () => {
    const data = waiting.shift();
    if (data) to.write(data);
  };
  return (data) => {
    if (delay() === 0 && waiting.length === 0) to.write(data);
    else {
      waiting.push(data);
      setTimeout(deliver, delay());
    }
  };
}

/** Starts a proxy in front of a port of this machine. */
export async function startProxy(behind: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  let [to, isCut, isFrozen, isTorn, delayMs] = [behind, false, false, false, 0];
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
    const [forth, back] = [channel(upstream, () => delayMs), channel(client, () => delayMs)];
    client.on('data', forth).on('close', () => upstream.destroy());
    upstream
      .on('data', (data) => {
        if (isTorn) client.write(data.subarray(0, data.length / 2), () => client.destroy());
        else back(data);
      })
      .on('close', () => client.destroy());
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
    slow: (ms) => void (delayMs = ms),
    tear: () => void (isTorn = true),
    mend() {
      [isCut, isFrozen, isTorn, delayMs] = [false, false, false, 0];
      for (const socket of sockets) socket.resume();
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
