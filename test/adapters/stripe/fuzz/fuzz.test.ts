import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StripeGateway } from '../../../../src/adapters/stripe/index.ts';
import { isPaymentMethodsError } from '../../../../src/application/errors.ts';
import { canaryKey } from '../samples.ts';
import type { FuzzedCall } from './calls.ts';
import { calls } from './calls.ts';
import type { RawRequest, RawResponse } from './rawServer.ts';
import { startRawServer } from './rawServer.ts';
import { responses } from './responses.ts';

/** `FUZZ_RUNS=1000000` for a long night. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const faults = ['GATEWAY_UNAUTHORIZED', 'GATEWAY_FORBIDDEN', 'GATEWAY_MISCONFIGURED'];
const outcomes = ['attached', 'detached', 'set', 'created', 'rejected', 'unknown', 'found', 'notFound'];

type Outcome = { readonly fault: string } | { readonly outcome: string };

describe('whatever is asked and whatever is answered', () => {
  const seen: RawRequest[] = [];
  let answer: () => RawResponse;
  let server: Awaited<ReturnType<typeof startRawServer>>;
  let gateway: StripeGateway;

  beforeAll(async () => {
    server = await startRawServer((request) => {
      seen.push(request);
      return answer();
    });
    const options = { maxTries: 2, random: () => 0, deadlineMs: 1_000, connections: 4 };
    gateway = new StripeGateway({ apiKey: canaryKey, baseUrl: server.url, ...options });
  });
  afterAll(async () => {
    await gateway.close();
    await server.close();
  });

  const outcomeOf = async (call: FuzzedCall): Promise<Outcome> => {
    try {
      const { evidence, answer: said, look } = await call.ask(gateway);
      expect(JSON.stringify(evidence)).not.toMatch(/canary/i);
      expect(outcomes).toContain(said ?? look);
      return { outcome: String(said ?? look) };
    } catch (error) {
      if (!isPaymentMethodsError(error)) throw error;
      expect(faults).toContain(error.code);
      expect(`${error.stack}${JSON.stringify([error, error.cause])}`).not.toMatch(/canary/i);
      return { fault: error.code };
    }
  };

  it('only what was asked for is sent, it comes to one of the outcomes, and no secret is told', {
    timeout: 20_000 + runs * 20,
  }, async () => {
    const reached = new Set<string>();
    const property = fc.asyncProperty(calls, responses, async (call, response) => {
      seen.length = 0;
      const answered = response(call.echo);
      answer = () => answered;
      const outcome = await outcomeOf(call);
      reached.add('fault' in outcome ? outcome.fault : outcome.outcome);
      for (const request of seen) expectAsAsked(call, request);
      if ('fault' in outcome && outcome.fault === 'GATEWAY_MISCONFIGURED') expect(seen).toEqual([]);
      if ('outcome' in outcome && outcome.outcome === call.good) expectSaid(call, answered.success);
    });
    await fc.assert(property, { numRuns: runs });
    expect([...reached].sort()).toEqual([...faults, ...outcomes].sort());
  });
});

function expectSaid(call: FuzzedCall, success: Buffer | null): void {
  expect(success).not.toBeNull();
  expect(call.isSaidBy(JSON.parse(String(success)) as Parameters<FuzzedCall['isSaidBy']>[0])).toBe(true);
}

function expectAsAsked(call: FuzzedCall, { method, target, headers, body }: RawRequest): void {
  const [path = '', query = ''] = target.split('?');
  expect(method).toBe(call.method);
  expect(path.split('/').slice(1).map(decodeURIComponent)).toEqual(call.path);
  expect([...new URLSearchParams(method === 'POST' ? body : query)]).toEqual(call.fields);
  const sent = new Map(headers);
  expect(sent.size).toBe(headers.length);
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  expect(Object.fromEntries(sent)).toEqual({
    host: sent.get('host'),
    connection: 'keep-alive',
    authorization: `Bearer ${canaryKey}`,
    'user-agent': 'attach-payment-method',
    'stripe-version': call.version,
    ...(call.key === null ? {} : { ...form, 'idempotency-key': call.key }),
  });
}
