import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Agent, errors } from 'undici';
import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from './gatewayUnderTest.ts';
import { attachRequest, pm, stripeError, stripePaymentMethod } from './samples.ts';
import type { Script } from './scriptedServer.ts';
import { cutMidBody, json, reset, text } from './scriptedServer.ts';

const stripe = useScriptedStripe();
const attachedNow = json(200, stripePaymentMethod());
const apiError = stripeError({ type: 'api_error' });

describe('a try that brings no answer is repeated under the same key with the same bytes', () => {
  const lost: readonly (readonly [string, Script])[] = [
    ['a reset', reset],
    ['a body cut in the middle', cutMidBody()],
    ['409', json(409, stripeError({ type: 'invalid_request_error', code: 'idempotency_key_in_use' }))],
    ['429', json(429, stripeError({ type: 'invalid_request_error', code: 'lock_timeout' }))],
    ['500', json(500, apiError)],
    ['503 of an edge', text(503, '<html>')],
  ];

  it.each(lost)('after %s', async (_title, script) => {
    stripe.answer(script, attachedNow);
    const requests = await stripe.requestsDuring(async () => {
      const answer = await stripe.makeGateway().attach(attachRequest());
      expect(answer).toMatchObject({ answer: 'attached', evidence: { requestId: 'req_1' } });
      expect(answer.evidence.tries).toHaveLength(2);
    });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual(requests[0]);
    expect(requests[0]).toMatchObject({ body: 'customer=cus_1', headers: { 'idempotency-key': 'attach-1' } });
  });

  it('on a look too, with no key', async () => {
    stripe.answer(reset, attachedNow);
    const requests = await stripe.requestsDuring(async () => {
      await expect(stripe.makeGateway().lookUp(pm('pm_1'))).resolves.toMatchObject({ look: 'found' });
    });
    expect(requests.map(({ method, headers }) => [method, headers['idempotency-key']])).toEqual([
      ['GET', undefined],
      ['GET', undefined],
    ]);
  });

  it('at most maxTries times, each of which is evidence', async () => {
    stripe.answer(reset, cutMidBody(), json(500, apiError));
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({
      cause: 'serverError',
      evidence: {
        requestId: 'req_1',
        tries: [
          { status: null, requestId: null, failure: 'UND_ERR_SOCKET' },
          { status: 200, requestId: 'req_cut', failure: 'UND_ERR_SOCKET' },
          { status: 500, requestId: 'req_1', failure: null },
        ],
      },
    });
  });
});

describe('Stripe-Should-Retry', () => {
  const should = (value: string) => ({ 'stripe-should-retry': value });
  const declined = stripeError({ type: 'card_error', code: 'card_declined' });

  it.each([
    ['500', json(500, apiError, should('false'))],
    ['429', json(429, apiError, should('false'))],
  ])('false forbids a repeat of %s', async (_title, script) => {
    stripe.answer(script, attachedNow);
    const requests = await stripe.requestsDuring(() => stripe.makeGateway().attach(attachRequest()));
    expect(requests).toHaveLength(1);
  });

  it('false does not keep a body that was cut from being asked for again: Stripe replays what it saved', async () => {
    stripe.answer(cutMidBody(should('false')), attachedNow);
    const requests = await stripe.requestsDuring(() => stripe.makeGateway().attach(attachRequest()));
    expect(requests).toHaveLength(2);
  });

  it('true asks for a repeat of what would not be repeated', async () => {
    stripe.answer(json(402, declined, should('true')), attachedNow);
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({ answer: 'attached' });
  });

  it('true is bounded by maxTries', async () => {
    stripe.answer(json(402, declined, should('true')));
    const requests = await stripe.requestsDuring(() => stripe.makeGateway({ maxTries: 4 }).attach(attachRequest()));
    expect(requests).toHaveLength(4);
  });

  it('absent leaves a decline and a success alone', async () => {
    for (const script of [json(402, declined), json(200, stripePaymentMethod(), should('true'))]) {
      stripe.answer(script);
      await expect(stripe.requestsDuring(() => stripe.makeGateway().attach(attachRequest()))).resolves.toHaveLength(1);
    }
  });
});

describe('what never reached Stripe', () => {
  it('is unreachable when every connection is refused', async () => {
    const gateway = stripe.makeGateway({ baseUrl: `http://127.0.0.1:${String(await closedPort())}` });
    const refused = { status: null, requestId: null, failure: 'ECONNREFUSED' };
    await expect(gateway.attach(attachRequest())).resolves.toEqual({
      answer: 'unknown',
      cause: 'unreachable',
      evidence: { source: 'response', requestId: null, tries: [refused, refused, refused] },
    });
  });

  it('is unreachable when every address of the host refuses', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const dispatcher = new Agent({ connect: { lookup: (_host, _options, callback) => callback(null, addresses) } });
    const gateway = stripe.makeGateway({ dispatcher, baseUrl: `http://localhost:${String(await closedPort())}` });
    await expect(gateway.attach(attachRequest())).resolves.toMatchObject({ cause: 'unreachable' });
    await dispatcher.close();
  });

  it.each([
    ['no connection comes in time', new errors.ConnectTimeoutError()],
    [
      'the host has no address',
      Object.assign(new Error('no such host'), { syscall: 'getaddrinfo', code: 'ENOTFOUND' }),
    ],
  ])('is unreachable when %s', async (_title, error) => {
    const dispatcher = new Agent({ connect: (_options, callback) => callback(error, null) });
    const gateway = stripe.makeGateway({ dispatcher });
    await expect(gateway.attach(attachRequest())).resolves.toMatchObject({ cause: 'unreachable' });
    await dispatcher.close();
  });

  it.each([
    ['lost', reset, 'connectionLost', null],
    ['answered by an edge', text(503, '<html>', { 'request-id': 'req_edge' }), 'connectionLost', 'req_edge'],
    ['a server error', json(500, apiError, { 'request-id': 'req_500' }), 'serverError', 'req_500'],
    ['still processing', json(409, apiError, { 'request-id': 'req_409' }), 'stillProcessing', 'req_409'],
  ])('never hides an earlier try that was %s', async (_title, script, cause, requestId) => {
    stripe.answer(script, json(429, apiError));
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({
      cause,
      evidence: { requestId },
    });
  });

  it('never hides an earlier try that was lost, when the server is gone afterwards', async () => {
    const vanishing = createServer((socket) => {
      vanishing.close();
      socket.once('data', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(vanishing, 'listening');
    const { port } = vanishing.address() as AddressInfo;
    const answer = await stripe.makeGateway({ baseUrl: `http://127.0.0.1:${String(port)}` }).attach(attachRequest());
    expect(answer).toMatchObject({ answer: 'unknown', cause: 'connectionLost' });
    expect(answer.evidence.tries.map(({ failure }) => failure)).toEqual([
      'UND_ERR_SOCKET',
      'ECONNREFUSED',
      'ECONNREFUSED',
    ]);
  });
});

it('a fault after a try that may have attached is unknown, for a fault promises that nothing was attached', async () => {
  stripe.answer(reset, json(401, stripeError({ type: 'invalid_request_error' })));
  await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({ cause: 'connectionLost' });
});

/** A port that was free a moment ago, so that a connection to it is refused. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
