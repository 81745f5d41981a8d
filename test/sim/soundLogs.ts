import type { Effect, RequestEntry } from '../../src/adapters/simulator/index.ts';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import { check } from '../../sim/checker/check.ts';
import type { Logs, Operation } from '../../sim/checker/logs.ts';
import { viewOf } from '../../sim/checker/view.ts';

export const at = Date.UTC(2025, 10, 23, 12);
export const hour = 60 * 60 * 1000;
const key = 'key-1';
export const wish = { attemptId: 'a1', paymentMethodId: 'pm_1', customer: { kind: 'customer', id: 'cus_Ana' } };
export const requested = {
  ...wish,
  idempotencyKey: key,
  apiVersion: '2025-10-29.clover',
  requestedAt: '2025-11-23T12:00:00Z',
};
export const evidence = { source: 'response', requestId: 'req_1', tries: [] };
export const attached = { ...wish, type: 'card', card: null, livemode: false, created: 1, clonedFrom: null, evidence };

export const effect: Effect = {
  effect: 'attached',
  paymentMethodId: 'pm_1',
  owner: { kind: 'customer', id: 'cus_Ana' },
  idempotencyKey: key,
  requestId: 'req_1',
  at: at + 50,
  accountId: 'acct_1Host',
  livemode: false,
};
export const request: RequestEntry = {
  requestId: 'req_1',
  method: 'POST',
  path: '/v1/payment_methods/pm_1/attach',
  idempotencyKey: key,
  status: 200,
  fault: null,
  at: at + 50,
};
export const operation: Operation = {
  call: 'attach',
  paymentMethodId: 'pm_1',
  customer: 'cus_Ana',
  attemptId: 'a1',
  isNamed: true,
  invokedAt: at,
  endedAt: at + 200,
  end: 'ok',
  answeredId: 'pm_1',
  reason: null,
  setAsDefault: false,
  defaultOutcome: null,
};

/** A trail of these events, one every 100 ms. */
export async function trailOf(...events: readonly (readonly [type: string, data: object])[]) {
  let now = at - 100;
  const store = new InMemoryEventStore({ now: () => now });
  for (const [index, [type, data]] of events.entries()) {
    now += 100;
    const eventId = `00000000-0000-4000-8000-00000000000${index}`;
    const schemaVersion = 'setAsDefault' in data ? 2 : 1;
    const metadata = JSON.stringify({ schemaVersion, actor: 'test', correlationId: 'a1', causationId: null });
    const event = { eventId, type, data: JSON.stringify(data), metadata };
    await store.append([{ stream: 'paymentMethod-pm_1', expectedVersion: index, events: [event] }]);
  }
  return store.readStream('paymentMethod-pm_1');
}

export async function soundLogs(part: Partial<Logs> = {}): Promise<Logs> {
  const trail = await trailOf(['AttachmentRequested', requested], ['PaymentMethodAttached', attached]);
  return {
    history: [operation],
    stripe: {
      effects: [effect],
      requests: [request],
      ownersBefore: new Map(),
      seenUntil: () => 0,
      isStrangersKey: () => false,
      ownerOf: () => 'cus_Ana',
      expYearOf: () => undefined,
      defaultOf: () => null,
    },
    trail,
    acknowledged: trail.map(({ eventId, position }) => ({ eventId, position })),
    tellsAll: false,
    lostEvents: false,
    clocksApartMs: 0,
    repeats: [],
    projected: new Map(),
    isResting: true,
    unexpected: [],
    secrets: ['sk_test_secret'],
    ...part,
  };
}

export async function broken(part: Partial<Logs>): Promise<readonly string[]> {
  const judged = check(viewOf(await soundLogs(part)));
  return judged.filter(({ verdict }) => verdict === false).map(({ rule }) => rule.split(' ')[0] ?? '');
}
