import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from './gatewayUnderTest.ts';
import { attachRequest, stripeError, stripePaymentMethod } from './samples.ts';
import { drip, hang, json, reset, text } from './scriptedServer.ts';

const stripe = useScriptedStripe();
const attachedNow = json(200, stripePaymentMethod());
const apiError = stripeError({ type: 'api_error' });

describe('the deadline', () => {
  it.each([
    ['a body that drips', drip, 200],
    ['a head that never comes', hang, null],
  ])('covers %s', async (_title, script, status) => {
    stripe.answer(script);
    const startedAt = performance.now();
    await expect(stripe.makeGateway({ deadlineMs: 400 }).attach(attachRequest())).resolves.toMatchObject({
      cause: 'timeout',
      evidence: { tries: [{ status, failure: 'timeout' }] },
    });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('covers a connection that is never made, and then nothing is sent', async () => {
    let connected = (): void => {};
    const slow = new Agent({
      connect: (_options, callback) => {
        connected = () => callback(new Error('too late'), null);
      },
    });
    const gateway = stripe.makeGateway({ deadlineMs: 60, dispatcher: slow });
    await expect(gateway.attach(attachRequest())).resolves.toMatchObject({ answer: 'unknown', cause: 'timeout' });
    connected();
    await slow.destroy();
  });

  it('covers all tries: no sleep goes past it', async () => {
    stripe.answer(json(503, apiError));
    const startedAt = performance.now();
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway({ deadlineMs: 490, random: () => 1 }).attach(attachRequest());
      await expect(answer).resolves.toMatchObject({ cause: 'connectionLost' });
    });
    expect(requests).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(450);
  });

  it('covers a key that is never given', async () => {
    const apiKey = () => new Promise<string>(() => {});
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway({ deadlineMs: 50, apiKey }).attach(attachRequest());
      await expect(answer).resolves.toMatchObject({ cause: 'timeout', evidence: { requestId: null, tries: [] } });
    });
    expect(requests).toHaveLength(0);
  });
});

describe('an abort', () => {
  it.each([
    ['the wait for an answer', hang, {}, { failure: 'aborted' }],
    ['the read of a body', drip, {}, { failure: 'aborted' }],
    ['the sleep between two tries', reset, { random: () => 1 }, { failure: 'UND_ERR_SOCKET' }],
  ])('ends %s at once', async (_title, script, options, lastTry) => {
    stripe.answer(script);
    const controller = new AbortController();
    const startedAt = performance.now();
    const answer = stripe.makeGateway(options).attach(attachRequest(), { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(answer).resolves.toMatchObject({
      answer: 'unknown',
      cause: 'aborted',
      evidence: { tries: [lastTry] },
    });
    expect(performance.now() - startedAt).toBeLessThan(450);
  });

  it.each([
    ['no head has come', hang],
    ['the body still drips', drip],
  ])('hangs up while %s: nothing goes on behind it', async (_title, script) => {
    let isClosed = false;
    stripe.answer((response, received) => {
      response.on('close', () => (isClosed = true));
      script(response, received);
    });
    const answer = stripe.makeGateway().attach(attachRequest(), { signal: AbortSignal.timeout(50) });
    await expect(answer).resolves.toMatchObject({ cause: 'aborted' });
    await expect.poll(() => isClosed, { interval: 5 }).toBe(true);
  });

  it('while the call waits for a connection sends nothing, then or later', async () => {
    stripe.answer((response, received) => setTimeout(() => attachedNow(response, received), 60));
    const gateway = stripe.makeGateway({ connections: 1 });
    const controller = new AbortController();
    const requests = await stripe.requestsDuring(async () => {
      const first = gateway.attach(attachRequest({ idempotencyKey: 'first' }));
      const queued = gateway.attach(attachRequest({ idempotencyKey: 'queued' }), { signal: controller.signal });
      setTimeout(() => controller.abort(), 20);
      await expect(queued).resolves.toMatchObject({ cause: 'aborted' });
      await first;
      await gateway.attach(attachRequest({ idempotencyKey: 'third' }));
    });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['first', 'third']);
  });

  it('before the call sends nothing', async () => {
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway().attach(attachRequest(), { signal: AbortSignal.abort() });
      await expect(answer).resolves.toMatchObject({ cause: 'aborted', evidence: { tries: [] } });
    });
    expect(requests).toHaveLength(0);
  });
});

it('a redirect is not followed', async () => {
  stripe.answer(text(307, '', { location: `${stripe.server().url}/elsewhere` }), attachedNow);
  const requests = await stripe.requestsDuring(async () => {
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({ cause: 'unexpectedAnswer' });
  });
  expect(requests).toHaveLength(1);
});

it('a body over 1 MB is given up, not read to its end and not asked for again', async () => {
  stripe.answer(text(200, Buffer.alloc(10 * 1024 * 1024, ' ')));
  const requests = await stripe.requestsDuring(async () => {
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({
      cause: 'unexpectedAnswer',
      evidence: { tries: [{ status: 200, failure: 'RESPONSE_TOO_LARGE' }] },
    });
  });
  expect(requests).toHaveLength(1);
});
