import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** How to answer one request. */
export type Script = (response: ServerResponse, received: Received) => void;

/** A real HTTP server on loopback that answers as it is told: each request takes the next script, the last one stays. */
export type ScriptedServer = {
  readonly url: string;
  readonly received: readonly Received[];
  answer(...scripts: readonly Script[]): void;
  connections(): Promise<number>;
  close(): Promise<void>;
};

export async function startScriptedServer(): Promise<ScriptedServer> {
  const received: Received[] = [];
  let scripts: readonly Script[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const arrived = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(arrived);
      const [next, ...rest] = scripts;
      if (rest.length > 0) scripts = rest;
      next?.(response, arrived);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    received,
    answer: (...next) => {
      scripts = next;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Headers = Readonly<Record<string, string>>;

export function json(status: number, body: unknown, headers: Headers = {}): Script {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function text(status: number, body: string | Buffer, headers: Headers = {}): Script {
  return (response) => {
    response.writeHead(status, { 'request-id': 'req_1', ...headers }).end(body);
  };
}

/** Closes the connection with no answer at all. */
export const reset: Script = (response) => {
  response.socket?.destroy();
};

/** Never answers. */
export const hang: Script = () => {};

/** Promises more than it sends, then closes the connection. */
export function cutMidBody(headers: Headers = {}): Script {
  return (response) => {
    response.writeHead(200, { 'content-length': '1000', 'request-id': 'req_cut', ...headers });
    response.write('{"id":"pm_1",', () => response.socket?.destroy());
  };
}

/** Sends its head at once, then a byte every 10 ms, for as long as anybody listens. */
export const drip: Script = (response) => {
  response.writeHead(200, { 'request-id': 'req_drip' });
  response.write('{');
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};
