import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** An address that stays while the server behind it changes, as a failover does it. */
export type Relay = {
  /** As a client takes it: the superuser `postgres` in the database `postgres`. */
  readonly url: string;
  /** Sends new connections to the server on this port, and cuts the old ones. */
  pointTo(port: number): void;
  close(): Promise<void>;
};

/** Relays TCP connections on loopback to a Postgres server on the given port. */
export async function startRelay(targetPort: number): Promise<Relay> {
  let target = targetPort;
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.pipe(to);
    from
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    join(client, upstream);
    join(upstream, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `postgres://postgres@127.0.0.1:${address.port}/postgres`,
    pointTo(port) {
      target = port;
      cut();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
