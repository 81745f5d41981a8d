import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StripeGateway } from '../../../../src/adapters/stripe/index.ts';
import { attachRequest, canaryKey, stripeError, stripePaymentMethod } from '../samples.ts';
import { startRawServer } from './rawServer.ts';

const body = Buffer.from(JSON.stringify(stripePaymentMethod({ metadata: { name: 'J\u00f6' } }), null, 2));
const declined = Buffer.from(JSON.stringify(stripeError({ type: 'card_error', code: 'card_declined' }), null, 2));

function whole(status: string, json: Buffer, contentLength: boolean): Buffer {
  const length = contentLength ? `content-length: ${json.length}\r\n` : 'connection: close\r\n';
  const head = `HTTP/1.1 ${status}\r\nrequest-id: req_1\r\ncontent-type: application/json\r\n${length}\r\n`;
  return Buffer.concat([Buffer.from(head), json]);
}

describe('a response that is cut off', () => {
  let bytes: Buffer = Buffer.alloc(0);
  let server: Awaited<ReturnType<typeof startRawServer>>;
  let gateway: StripeGateway;

  beforeAll(async () => {
    server = await startRawServer(() => ({ bytes, close: true }));
    gateway = new StripeGateway({ apiKey: canaryKey, baseUrl: server.url, maxTries: 1, connections: 1 });
  });
  afterAll(async () => {
    await gateway.close();
    await server.close();
  });

  it.each([
    ['an attach that says how long it is', whole('200 OK', body, true), 'attached'],
    ['an attach that ends where the connection does', whole('200 OK', body, false), 'attached'],
    ['a decline', whole('402 Payment Required', declined, true), 'rejected'],
  ])('%s: at any byte it is unknown', async (_title, response, answer) => {
    for (let length = 0; length < response.length; length += 1) {
      bytes = response.subarray(0, length);
      const { answer: cut } = await gateway.attach(attachRequest());
      expect(cut, `after ${length} bytes of ${response.length}`).toBe('unknown');
    }
    bytes = response;
    expect(await gateway.attach(attachRequest())).toMatchObject({ answer });
  });
});
