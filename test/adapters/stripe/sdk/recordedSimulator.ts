import { request as sendTo } from 'node:http';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { StripeAccount, startSimulator } from '../../../../src/adapters/simulator/index.ts';
import type { Received } from '../scriptedServer.ts';
import { startScriptedServer } from '../scriptedServer.ts';

/** One request as it went over the wire, and what the simulator answered. */
export type Exchange = { readonly asked: Received; readonly status: number; readonly body: string };

/** A simulator behind a server that writes down what passes; every one has the same clock and the same chance. */
export async function startRecordedSimulator() {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const account = new StripeAccount({ now: () => Date.UTC(2025, 10, 10, 12), random });
  const simulator = await startSimulator({ account });
  const recorder = await startScriptedServer();
  const exchanges: Exchange[] = [];
  recorder.answer((response, asked) => {
    void forward(simulator.url, asked, response).then((answered) => exchanges.push({ asked, ...answered }));
  });
  return {
    account,
    url: recorder.url,
    exchanges,
    close: async () => {
      await recorder.close();
      await simulator.close();
    },
  };
}

async function forward(url: string, { method, path, headers, body }: Received, response: ServerResponse) {
  const passed = await new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      const outgoing = sendTo(`${url}${path}`, { method, headers, agent: false }, (incoming) => {
        void buffer(incoming).then((whole) =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: whole }),
        );
      });
      outgoing.on('error', reject).end(body);
    },
  );
  const { 'transfer-encoding': _, connection: __, ...kept } = passed.headers;
  response.writeHead(passed.status, kept).end(passed.body);
  return { status: passed.status, body: passed.body.toString() };
}
