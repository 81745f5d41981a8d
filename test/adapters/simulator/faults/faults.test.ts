import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ScriptedFault } from '../../../../src/adapters/simulator/index.ts';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, eventually, faultsMet, post, send } from '../support.ts';

const pm = 'pm_1Faults';
const cus = 'cus_Faults';
const attach = (key = 'key-1') => post(`payment_methods/${pm}/attach`, `customer=${cus}`, { key });

async function anySimulatorWithPair(fault?: ScriptedFault) {
  const account = new StripeAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: pm });
  if (fault !== undefined) account.faults.next(fault);
  return anySimulator({ account });
}

describe('over HTTP', () => {
  it.each<{ fault: ScriptedFault; effects: number }>([
    { fault: { fault: 'loseRequest' }, effects: 0 },
    { fault: { fault: 'unreachable' }, effects: 0 },
    { fault: { fault: 'loseResponse' }, effects: 1 },
  ])(
    '$fault.fault drops the connection with $effects effects, and a retry under the key is answered',
    async ({ fault, effects }) => {
      const simulator = await anySimulatorWithPair(fault);
      await expect(send(simulator, attach())).rejects.toThrow('fetch failed');
      expect(simulator.account.effects).toHaveLength(effects);
      const retry = await send(simulator, attach());
      expect(retry.status).toBe(200);
      expect(retry.headers.get('idempotent-replayed')).toBe(effects === 1 ? 'true' : null);
      expect(simulator.account.effects).toHaveLength(1);
    },
  );

  it('cutBody sends the head and half the body, after the effect', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'cutBody' });
    const response = await send(simulator, attach());
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(simulator.account.effects).toHaveLength(1);
  });

  it.each([
    { effect: true, effects: 1 },
    { effect: false, effects: 0 },
  ])('serverError with effect $effect is a 500 that its key keeps', async ({ effect, effects }) => {
    const simulator = await anySimulatorWithPair({ fault: 'serverError', effect });
    const first = await send(simulator, attach());
    expect(first.status).toBe(500);
    expect(await first.json()).toMatchObject({ error: { type: 'api_error' } });
    expect((await send(simulator, attach())).status).toBe(500);
    expect(simulator.account.effects).toHaveLength(effects);
    expect((await send(simulator, attach('key-2'))).status).toBe(200);
    expect(simulator.account.effects).toHaveLength(1);
  });

  it.each([
    { effect: true, effects: 1 },
    { effect: false, effects: 0 },
  ])('badGateway with effect $effect is an HTML 502 without a request id', async ({ effect, effects }) => {
    const simulator = await anySimulatorWithPair({ fault: 'badGateway', effect });
    const response = await send(simulator, attach());
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.has('request-id')).toBe(false);
    expect(await response.text()).toContain('502 Bad Gateway');
    expect(simulator.account.effects).toHaveLength(effects);
  });

  it.each([
    { fault: 'rateLimit', code: 'rate_limit', shouldRetry: null },
    { fault: 'lockTimeout', code: 'lock_timeout', shouldRetry: 'true' },
  ] as const)('$fault is a 429 without an effect', async ({ fault, code, shouldRetry }) => {
    const simulator = await anySimulatorWithPair({ fault });
    const response = await send(simulator, attach());
    expect(response.status).toBe(429);
    expect(response.headers.get('stripe-should-retry')).toBe(shouldRetry);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
    expect(simulator.account.effects).toEqual([]);
  });

  it.each([
    { effect: true, effects: 1 },
    { effect: false, effects: 0 },
  ])('stall with effect $effect never answers', async ({ effect, effects }) => {
    const simulator = await anySimulatorWithPair({ fault: 'stall', effect });
    const caller = new AbortController();
    const outcome = expect(send(simulator, attach(), caller.signal)).rejects.toThrow('aborted');
    await faultsMet(simulator.account);
    caller.abort();
    await outcome;
    expect(simulator.account.effects).toHaveLength(effects);
    expect((await send(simulator, attach())).status).toBe(200);
  });

  it('delay keeps the key in flight: a second request under it is 409, the first is answered later', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'delay', ms: 400 });
    const first = send(simulator, attach());
    await faultsMet(simulator.account);
    expect((await send(simulator, attach())).status).toBe(409);
    expect((await first).status).toBe(200);
    expect(simulator.account.effects).toHaveLength(1);
  });

  it('what was delayed takes effect even when its caller has hung up', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'delay', ms: 100 });
    const caller = new AbortController();
    const outcome = expect(send(simulator, attach(), caller.signal)).rejects.toThrow('aborted');
    await faultsMet(simulator.account);
    caller.abort();
    await outcome;
    expect(simulator.account.effects).toEqual([]);
    await eventually(() => simulator.account.effects.length).toBe(1);
  });

  it('lateAnswer takes effect at once, and answers later', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'lateAnswer', ms: 100 });
    const answer = send(simulator, attach());
    await eventually(() => simulator.account.effects.length).toBe(1);
    expect(simulator.account.requests).toHaveLength(1);
    expect((await send(simulator, attach())).headers.get('idempotent-replayed')).toBe('true');
    expect((await answer).headers.has('idempotent-replayed')).toBe(false);
  });

  it.each([503, 504] as const)('badGateway can be a %i', async (status) => {
    const simulator = await anySimulatorWithPair({ fault: 'badGateway', status });
    const response = await send(simulator, attach());
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(`<h1>${status} `);
  });

  it.each([
    { effect: true, effects: 1 },
    { effect: false, effects: 0 },
  ])('dependencyFailed with effect $effect is a 424 that its key keeps', async ({ effect, effects }) => {
    const simulator = await anySimulatorWithPair({ fault: 'dependencyFailed', effect });
    const first = await send(simulator, attach());
    expect(first.status).toBe(424);
    expect(await first.json()).toMatchObject({ error: { type: 'api_error', message: 'External Dependency Failed' } });
    expect((await send(simulator, attach())).headers.get('idempotent-replayed')).toBe('true');
    expect(simulator.account.effects).toHaveLength(effects);
  });

  it.each([
    { scripted: {}, reason: 'global-rate', retryAfter: null },
    { scripted: { reason: 'endpoint-concurrency' }, reason: 'endpoint-concurrency', retryAfter: null },
    { scripted: { reason: null, retryAfterSeconds: 2 }, reason: null, retryAfter: '2' },
  ])('rateLimit $scripted says so in its headers, or does not', async ({ scripted, reason, retryAfter }) => {
    const simulator = await anySimulatorWithPair({ fault: 'rateLimit', ...scripted });
    const { headers } = await send(simulator, attach());
    expect(headers.get('stripe-rate-limited-reason')).toBe(reason);
    expect(headers.get('retry-after')).toBe(retryAfter);
  });
});

describe('the script', () => {
  it('uses a fault up, in the order they were scripted', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'rateLimit', times: 2 });
    simulator.account.faults.next({ fault: 'badGateway' });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await send(simulator, attach())).status);
    expect(statuses).toEqual([429, 429, 502, 200]);
  });

  it('matches by method and path, and leaves other requests alone', async () => {
    const simulator = await anySimulatorWithPair();
    simulator.account.faults.next({ fault: 'rateLimit', match: { method: 'POST', path: /\/detach$/ } });
    expect((await send(simulator, attach())).status).toBe(200);
    expect((await send(simulator, post(`payment_methods/${pm}/detach`, ''))).status).toBe(429);
  });

  it('tells what waits, with how often it still will', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'rateLimit', times: 3 });
    await send(simulator, attach());
    expect(simulator.account.faults.waiting).toEqual([{ fault: 'rateLimit', times: 2 }]);
  });

  it('is forgotten when cleared', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'rateLimit', times: 100 });
    simulator.account.faults.clear();
    expect((await send(simulator, attach())).status).toBe(200);
  });
});

describe('the server', () => {
  it('destroys a connection whose body is too long', async () => {
    const simulator = await anySimulator();
    await expect(send(simulator, post('customers', `name=${'x'.repeat(2_000_000)}`))).rejects.toThrow('fetch failed');
  });

  it('keeps a connection alive between requests', async () => {
    const { url } = await anySimulator();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    const request = 'GET /v1/customers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk_test_1\r\n\r\n';
    const answers = () => received.split('HTTP/1.1 200 OK').length - 1;
    socket.write(request);
    await eventually(answers).toBe(1);
    socket.write(request);
    await eventually(answers).toBe(2);
    socket.destroy();
  });

  it('closes at once, also with a request in delay, and may be closed twice', async () => {
    const simulator = await anySimulatorWithPair({ fault: 'delay', ms: 60_000 });
    const request = send(simulator, attach());
    const outcome = expect(request).rejects.toThrow('fetch failed');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([simulator.close(), simulator.close()]);
    await outcome;
    expect(simulator.account.effects).toEqual([]);
  });

  it('rejects when its port is taken', async () => {
    const { url } = await anySimulator();
    await expect(anySimulator({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
