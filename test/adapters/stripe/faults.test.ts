import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { StripeGatewayOptions } from '../../../src/adapters/stripe/index.ts';
import { useScriptedStripe } from './gatewayUnderTest.ts';
import { attachRequest, canaryKey, pm, stripeError, stripePaymentMethod } from './samples.ts';
import { drip, hang, json, reset } from './scriptedServer.ts';

const stripe = useScriptedStripe();
const attachedNow = json(200, stripePaymentMethod());
const misconfigured = { code: 'GATEWAY_MISCONFIGURED' };

async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('a fault was expected'),
    (error: unknown) => error,
  );
}

describe('what cannot be sent is a fault, before anything is sent', () => {
  it.each<[string, Partial<StripeGatewayOptions>]>([
    ['an empty key', { apiKey: '' }],
    ['a publishable key', { apiKey: 'pk_test_CANARY0123456789' }],
    ['another way to send it', { auth: 'digest' as 'basic' }],
    ['a key with a line break', { apiKey: `${canaryKey}\n` }],
    ['http to another host', { baseUrl: 'http://api.stripe.com' }],
    ['http to a host that only looks like loopback', { baseUrl: 'http://127.0.0.1.example.com' }],
    ['a base url with a path', { baseUrl: 'https://example.com/proxy' }],
    ['a base url with credentials', { baseUrl: `https://${canaryKey}@example.com` }],
    ['a base url that is none', { baseUrl: 'stripe' }],
    ['account and context together', { account: 'acct_1', context: 'acct_1/acct_2' }],
    ['an account that is none', { account: 'cus_1' }],
    ['a context with a line break', { context: 'acct_1\n' }],
    ['a version with a line break', { apiVersion: '2025-10-29.clover\r\nx: y' }],
    ['no deadline', { deadlineMs: Number.POSITIVE_INFINITY }],
    ['no tries', { maxTries: 0 }],
    ['an option that there is not, as where one is misspelt', { baseurl: 'http://127.0.0.1:1' } as object],
  ])('%s', (_title, options) => {
    let fault: unknown;
    try {
      stripe.makeGateway(options);
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject(misconfigured);
    expect(inspect(fault, { depth: 10 })).not.toContain('CANARY');
  });

  it('but a name whose value is undefined is none', () => {
    expect(stripe.makeGateway({ baseurl: undefined } as object).apiVersion).toBe('2025-10-29.clover');
  });

  it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1', 'https://proxy.example.com'])(
    'but %s is accepted',
    (baseUrl) => {
      expect(stripe.makeGateway({ baseUrl }).apiVersion).toBe('2025-10-29.clover');
    },
  );

  it.each([
    ['returns nothing', () => ''],
    ['throws', () => Promise.reject(new Error(`vault refused ${canaryKey}`))],
    ['returns what is no key', () => `${canaryKey} ${canaryKey}`],
    ['returns a publishable key', () => 'pk_live_CANARY0123456789'],
  ])('a key function that %s', async (_title, apiKey) => {
    const before = stripe.server().received.length;
    const fault = await faultOf(stripe.makeGateway({ apiKey }).attach(attachRequest()));
    expect(fault).toMatchObject(misconfigured);
    expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain('CANARY');
    expect(stripe.server().received).toHaveLength(before);
  });

  it('an idempotency key that is no header', async () => {
    const fault = await faultOf(stripe.makeGateway().attach(attachRequest({ idempotencyKey: 'a\nb' })));
    expect(fault).toMatchObject(misconfigured);
  });
});

describe('a fault that Stripe answers', () => {
  it.each([
    [401, 'GATEWAY_UNAUTHORIZED', /Check that apiKey/],
    [403, 'GATEWAY_FORBIDDEN', /'PaymentMethods: write'/],
  ])('%i is thrown, says what to check, and never holds the key', async (status, code, advice) => {
    const body = stripeError({ type: 'invalid_request_error', message: `Invalid API Key provided: ${canaryKey}` });
    stripe.answer(json(status, body, { 'request-id': 'req_fault' }));
    const faults = [stripe.makeGateway().attach(attachRequest()), stripe.makeGateway().lookUp(pm('pm_1'))].map(faultOf);
    for (const fault of await Promise.all(faults)) {
      expect(fault).toMatchObject({
        code,
        message: expect.stringMatching(advice),
        details: { requestId: 'req_fault' },
      });
      expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain('CANARY');
    }
  });

  it('names no request where there is no request id', async () => {
    stripe.answer((response) => void response.writeHead(401).end());
    expect(await faultOf(stripe.makeGateway().attach(attachRequest()))).toMatchObject({ details: { requestId: null } });
  });
});

it('no answer and no view of the gateway holds the key', async () => {
  const gateway = stripe.makeGateway({ deadlineMs: 80 });
  const seen: unknown[] = [gateway];
  for (const script of [
    attachedNow,
    reset,
    hang,
    drip,
    json(400, stripeError({ message: canaryKey, code: canaryKey })),
  ]) {
    stripe.answer(script);
    seen.push(await gateway.attach(attachRequest()));
  }
  expect(inspect(seen, { depth: 20, showHidden: true })).not.toContain('CANARY');
});
