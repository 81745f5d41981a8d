import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';

/** The line to Stripe, on loopback: passes every request on, and can lose the answers. */
export type LossyLine = {
  readonly url: string;
  /** how many attaches went out over it */
  readonly attaches: () => number;
  /** While true, requests arrive and take effect, and the connection is cut instead of an answer. */
  loseAnswers(losing: boolean): void;
  close(): Promise<void>;
};

export async function startLossyLine(target: string): Promise<LossyLine> {
  const far = new Pool(target);
  let losing = false;
  let attaches = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request;
    if (method === 'POST' && url.endsWith('/attach')) attaches += 1;
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await far.request({ method, path: url, headers, body: await text(request) });
    const body = await answer.body.text();
    if (losing) {
      request.socket.destroy();
      return;
    }
    const { 'content-length': ____, 'transfer-encoding': _____, connection: ______, ...kept } = answer.headers;
    response.writeHead(answer.statusCode, kept).end(body);
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    attaches: () => attaches,
    loseAnswers: (lose) => {
      losing = lose;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await far.close();
    },
  };
}
