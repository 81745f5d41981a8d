import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, eventually, objectIn, post, send } from '../support.ts';

type Received = { readonly type: string; readonly id: string; readonly signature: string; readonly body: string };

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** A host's webhook handler, which answers with these statuses in turn, and then with the last of them. */
async function anyHandler(statuses: readonly number[] = [200]) {
  const received: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { type, id } = JSON.parse(body) as Received;
      received.push({ type, id, signature: String(incoming.headers['stripe-signature']), body });
      const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
      outgoing.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

async function anyListening(statuses?: readonly number[]) {
  const account = new StripeAccount();
  account.addCustomer('cus_1');
  const simulator = await anySimulator({ account });
  const handler = await anyHandler(statuses);
  const endpoint = objectIn(
    account.handle(post('webhook_endpoints', `url=${encodeURIComponent(handler.url)}&enabled_events[]=*`)),
  );
  const attach = () => send(simulator, post('payment_methods/pm_card_visa/attach', 'customer=cus_1'));
  return { account, simulator, endpoint, attach, ...handler };
}

describe('the simulator over HTTP', () => {
  it('sends what happens to the host, which can verify it with the official SDK', async () => {
    const { attach, received, endpoint, account } = await anyListening();
    await attach();
    await eventually(() => received.length).toBe(1);
    const [{ body, signature } = { body: '', signature: '' }] = received;
    const event = Stripe.webhooks.constructEvent(body, signature, String(endpoint['secret']));
    expect(event).toMatchObject({ type: 'payment_method.attached', data: { object: { customer: 'cus_1' } } });
    await eventually(() => account.webhooks.attempts).toMatchObject([{ status: 200, attempt: 1 }]);
  });

  it('sends it also when the account is changed in process', async () => {
    const { account, received } = await anyListening();
    const id = account.addPaymentMethod();
    account.in().updateCard(id, { expYear: 2040 });
    await eventually(() => received.map(({ type }) => type)).toEqual(['payment_method.automatically_updated']);
  });

  it('delivers before the answer arrives, where the answer is late', async () => {
    const { account, attach, received } = await anyListening();
    account.faults.next({ fault: 'lateAnswer', ms: 2000 });
    let isAnswered = false;
    const answer = attach().then(() => {
      isAnswered = true;
    });
    await eventually(() => received.length).toBe(1);
    expect(isAnswered).toBe(false);
    await answer;
  });

  it.each([500, 302])('sends again what was answered with %i, when the clock has come so far', async (status) => {
    const { account, attach, received } = await anyListening([status, 200]);
    await attach();
    await eventually(() => account.webhooks.attempts).toMatchObject([{ status }]);
    account.advance(60 * 60 * 1000);
    await eventually(() => account.webhooks.attempts).toMatchObject([{ status }, { status: 200, attempt: 2 }]);
    expect(received[0]?.id).toBe(received[1]?.id);
  });

  it('sends again by itself where the wait is short', async () => {
    const { account, attach } = await anyListening([500, 500, 200]);
    account.webhooks.deliver({ retryWaitsMs: [20, 20] });
    await attach();
    await eventually(() => account.webhooks.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  it('reports a host that does not answer', async () => {
    const { account, attach } = await anyListening();
    const nobody = account.handle(post('webhook_endpoints', 'url=http%3A%2F%2F127.0.0.1%3A1&enabled_events[]=*'));
    await attach();
    const id = objectIn(nobody)['id'];
    await eventually(() => account.webhooks.attempts.find(({ endpointId }) => endpointId === id)).toMatchObject({
      status: null,
    });
  });

  it('sends nothing once it is closed', async () => {
    const { account, simulator, received } = await anyListening();
    account.webhooks.deliver({ delayMs: 50 });
    account.handle(post('customers', 'name=Ada'));
    await simulator.close();
    account.handle(post('customers', 'name=Bob'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(received).toEqual([]);
  });
});
