import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { isPaymentMethodsError } from 'attach-payment-method';
import type { WebhookEvent } from 'attach-payment-method/stripe';
import { verifyWebhook } from 'attach-payment-method/stripe';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secret, stripeEvent } from './deliveries.ts';

const secrets = [secret];
const received: WebhookEvent[] = [];
let isDown = false;

async function onEvent(event: WebhookEvent): Promise<void> {
  if (isDown) throw new Error('the database is down');
  received.push(event);
}

// #region receive
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const rawBody = await buffer(request); // as it arrived: before any JSON parser
    const event = verifyWebhook({ rawBody, signature: request.headers['stripe-signature'], secrets });
    await onEvent(event);
    response.writeHead(200).end();
  } catch (error) {
    // Stripe delivers again what was not answered with a 2xx.
    response.writeHead(isPaymentMethodsError(error, 'WEBHOOK_INVALID') ? 400 : 500).end();
  }
}
// #endregion receive

describe('the receiver of the documentation', () => {
  const server = createServer((request, response) => void receive(request, response));
  const body = JSON.stringify(stripeEvent());
  const signed = (withSecret: string) =>
    new Stripe('sk_test_webhooks').webhooks.generateTestHeaderString({ payload: body, secret: withSecret });

  const deliver = async (signature: string): Promise<number> => {
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', body, headers })).status;
  };

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('takes what Stripe signed, refuses the rest, and lets what it could not keep come again', async () => {
    expect(await deliver(signed(secret))).toBe(200);
    expect(await deliver(signed('whsec_other'))).toBe(400);
    isDown = true;
    expect(await deliver(signed(secret))).toBe(500);
    expect(received.map(({ type }) => type)).toEqual(['payment_method.attached']);
  });

  it('stands in docs/webhooks.md as it is here', async () => {
    const check = ['test/support/snippets.mjs', '--check', 'docs/webhooks.md'];
    await expect(promisify(execFile)(process.execPath, check)).resolves.toMatchObject({ stderr: '' });
  });
});
