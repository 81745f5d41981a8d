import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** A request as its bytes say. */
export type RawRequest = {
  readonly method: string;
  readonly target: string;
  /** names in lower case, in the order sent */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
};

/** The bytes to answer with, and whether the connection is closed after them. */
export type RawResponse = { readonly bytes: Buffer; readonly close: boolean };

/** A server that knows no HTTP but where a request ends, and so can answer what no HTTP server would. */
export async function startRawServer(respond: (request: RawRequest) => RawResponse) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let arrived = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      arrived += chunk.toString('latin1');
      const request = parse(arrived);
      if (request === null) return;
      arrived = '';
      const { bytes, close } = respond(request);
      socket.write(bytes);
      if (close) socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The request, once it has arrived whole; null until then. */
function parse(text: string): RawRequest | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)] as const;
  });
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
  const body = text.slice(headEnd + 4);
  if (body.length < length) return null;
  const [method = '', target = ''] = first.split(' ');
  return { method, target, headers, body };
}
