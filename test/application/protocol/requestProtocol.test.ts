import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import type { UnknownCause } from '../../../src/domain/evidence.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { decoded, gatewayWith, settled, storeWith } from '../support.ts';
import type { Monolith, Sent } from './requests.ts';
import { around, every, keysOf, kinds, known, withAttached, withUnattached } from './requests.ts';

const never = () => new Promise<never>(() => {});
const evidence = { source: 'response', requestId: 'req_1', tries: [] } as const;
const looks = ({ gateway }: Monolith) => gateway.requests.filter(({ method }) => method.startsWith('lookUp')).length;

/** The keys that were durable before their use. */
async function keysRequested({ store }: Monolith, requested: string) {
  const asked = (await decoded(store)).filter(({ event }) => event.type === requested);
  return asked.map(({ event }) => ('idempotencyKey' in event.data ? event.data.idempotencyKey : null));
}

/** A process that dies with its request on the way, before the effect or after it. */
async function crash(monolith: Monolith, sent: Sent, effect: boolean, attemptId = 'a1') {
  const dying = around(monolith.gateway, sent, async (send) => {
    if (effect) await send();
    return never();
  });
  void kinds[sent].call(monolith.process({ gateway: dying }), attemptId);
  await settled();
}

/** A process that Stripe answers so, always, and whose looks at payment methods may be replaced. */
function answered(monolith: Monolith, sent: Sent, cause: UnknownCause, looks: Partial<PaymentMethodGateway> = {}) {
  const gateway = around(monolith.gateway, sent, async () => ({ answer: 'unknown', cause, evidence }));
  return monolith.process({ gateway: gatewayWith(gateway, looks) });
}

describe.each(every)('a crash on the way of $sent', ({ sent, call, outcome, requested, done }) => {
  it.each([
    ['before', false],
    ['after', true],
  ])('%s its effect: the same attempt finishes it at once, under its key', async (_, effect) => {
    const monolith = await withAttached();
    await crash(monolith, sent, effect);
    expect(await call(monolith.paymentMethods, 'a1')).toMatchObject({ outcome, attemptId: 'a1' });
    expect(new Set(keysOf(monolith, sent)).size).toBe(1);
    expect(await monolith.trail()).toEqual([...known, requested, done]);
  });

  it('is left alone by recovery while it may be in flight, and finished after that', async () => {
    const monolith = await withAttached();
    await crash(monolith, sent, true);
    const { length } = monolith.gateway.requests;
    await monolith.paymentMethods.recover();
    expect(monolith.gateway.requests).toHaveLength(length);
    monolith.passes(60_000);
    await monolith.paymentMethods.recover();
    expect(await monolith.trail()).toEqual([...known, requested, done]);
    expect(new Set(keysOf(monolith, sent)).size).toBe(1);
  });

  it('leaves the intent where it crashed before it was sent, and the next sends it', async () => {
    const monolith = await withAttached();
    const dying = monolith.process({ gateway: around(monolith.gateway, sent, never) });
    void call(dying, 'a1');
    await settled();
    expect(await monolith.trail()).toEqual([...known, requested]);
    const first = (await decoded(monolith.store))[known.length];
    expect(await call(monolith.paymentMethods, 'a1')).toMatchObject({ outcome });
    expect(first?.event.data).toMatchObject({ idempotencyKey: keysOf(monolith, sent)[0] });
  });
});

describe.each(every)('a second caller of $sent', ({ sent, call, outcome, requested, done }) => {
  it('of the same attempt, while the first waits for its answer, gets the same answer, and it is done once', async () => {
    const monolith = await withAttached();
    let second: Promise<unknown> | undefined;
    const slow = around(monolith.gateway, sent, async (send) => {
      const answer = await send();
      second = call(monolith.process(), 'a1');
      await second;
      return answer;
    });
    const first = await call(monolith.process({ gateway: slow }), 'a1');
    expect(first).toMatchObject({ outcome, attemptId: 'a1' });
    expect(await second).toEqual(first);
    expect(await monolith.trail()).toEqual([...known, requested, done]);
    expect(new Set(keysOf(monolith, sent)).size).toBe(1);
  });

  it('of the same attempt, all at once, leaves one request and one end', async () => {
    const monolith = await withAttached();
    const all = await Promise.all(Array.from({ length: 8 }, () => call(monolith.process(), 'a1')));
    for (const one of all) expect(one).toMatchObject({ outcome, attemptId: 'a1' });
    expect(await monolith.trail()).toEqual([...known, requested, done]);
    expect(new Set(keysOf(monolith, sent)).size).toBe(1);
  });
});

describe.each(['detach', 'setDefault'] as const)('another attempt at %s', (sent) => {
  const { call, doubted } = kinds[sent];

  it('waits for one that is in flight, and sends nothing', async () => {
    const monolith = await withAttached();
    await crash(monolith, sent, false);
    const before = monolith.gateway.requests.length;
    expect(await call(monolith.paymentMethods, 'a2')).toMatchObject({ outcome: 'unknown', cause: 'attemptInProgress' });
    expect(monolith.gateway.requests).toHaveLength(before);
  });

  it('takes one that Stripe is still processing for one in flight, for a while', async () => {
    const monolith = await withAttached();
    expect(await call(answered(monolith, sent, 'stillProcessing'), 'a1')).toMatchObject({ cause: 'stillProcessing' });
    const before = monolith.gateway.requests.length;
    expect(await call(monolith.paymentMethods, 'a2')).toMatchObject({ outcome: 'unknown' });
    expect(monolith.gateway.requests).toHaveLength(before);
    monolith.passes(60_000);
    expect(await call(monolith.paymentMethods, 'a2')).toMatchObject({ outcome: kinds[sent].outcome });
    expect(await monolith.trail()).toContain(doubted);
  });
});

describe.each(every)('an answer to $sent that settles nothing', ({ sent, call, doubted }) => {
  it.each(['aborted', 'unreachable', 'rateLimited'] as const)('(%s) is not looked after', async (cause) => {
    const monolith = await withAttached();
    expect(await call(answered(monolith, sent, cause), 'a1')).toMatchObject({ outcome: 'unknown', cause });
    expect(looks(monolith)).toBe(0);
    expect(await monolith.trail()).toContain(doubted);
  });
});

describe.each(['detach', 'setDefault'] as const)('a doubt about %s', (sent) => {
  const { call, requested, doubted } = kinds[sent];

  it('is recorded also where the look after it throws', async () => {
    const monolith = await withAttached();
    monolith.gateway.losesRequest({ of: sent });
    const forbidden = () => Promise.reject(new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no read permission'));
    const blind = gatewayWith(monolith.gateway, { lookUp: forbidden, lookUpCustomer: forbidden });
    expect(await call(monolith.process({ gateway: blind }), 'a1')).toMatchObject({ cause: 'connectionLost' });
    expect(await monolith.trail()).toEqual([...known, requested, doubted]);
  });

  it('that was a refusal without a code is settled under another key, once a look gets through', async () => {
    const monolith = await withAttached();
    const lost = async () => ({ look: 'unknown', cause: 'timeout', evidence }) as const;
    const refused = answered(monolith, sent, 'refusedWithoutCode', { lookUp: lost, lookUpCustomer: lost });
    expect(await call(refused, 'a1')).toMatchObject({ outcome: 'unknown', cause: 'refusedWithoutCode' });
    const [first] = await keysRequested(monolith, requested);
    expect(await call(monolith.paymentMethods, 'a1')).toMatchObject({ outcome: kinds[sent].outcome });
    expect(await keysRequested(monolith, requested)).toEqual([first, ...keysOf(monolith, sent)]);
    expect(keysOf(monolith, sent)).toHaveLength(1);
  });
});

describe.each(every)('what cannot be recorded of $sent', ({ sent, call, outcome, requested, done }) => {
  const failing = (monolith: Monolith, gateway = monolith.gateway as Parameters<typeof around>[0]) => {
    let isDown = false;
    const eventStore = storeWith(monolith.store, async (units) => {
      if (isDown) throw new PaymentMethodsError('STORE_UNAVAILABLE', 'down');
      const result = await monolith.store.append(units);
      isDown = result.result === 'appended';
      return result;
    });
    return monolith.process({ gateway, eventStore });
  };

  it('is thrown as such, and the same attempt finishes it', async () => {
    const monolith = await withAttached();
    await expect(call(failing(monolith), 'a1')).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      cause: { code: 'STORE_UNAVAILABLE' },
    });
    expect(await call(monolith.paymentMethods, 'a1')).toMatchObject({ outcome, attemptId: 'a1' });
    expect(await monolith.trail()).toEqual([...known, requested, done]);
  });

  it('does not hide a fault of the gateway', async () => {
    const monolith = await withAttached();
    const forbidden = around(monolith.gateway, sent, () =>
      Promise.reject(new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no write permission')),
    );
    await expect(call(failing(monolith, forbidden), 'a1')).rejects.toMatchObject({ code: 'GATEWAY_FORBIDDEN' });
  });

  it('P5: behind a failover that lost the request is recorded with it, under its key', async () => {
    const monolith = await withAttached();
    const standby = new InMemoryEventStore();
    let isPromoted = false;
    const eventStore = storeWith(standby, async (units) => {
      if (isPromoted) return standby.append(units);
      const result = await monolith.store.append(units);
      isPromoted = result.result === 'appended';
      return result;
    });
    expect(await call(monolith.process({ eventStore }), 'a1')).toMatchObject({ outcome, attemptId: 'a1' });
    const events = (await decoded(standby)).map(({ event }) => event);
    expect(events.map(({ type }) => type)).toEqual([requested, done]);
    expect(events[0]?.data).toMatchObject({ idempotencyKey: keysOf(monolith, sent)[0] });
  });
});

describe('another attempt at a detach', () => {
  it('that was left open, and is rejected now, is the answer to whoever finished it', async () => {
    const monolith = withUnattached();
    await crash(monolith, 'detach', false);
    monolith.passes(60_000);
    expect(await kinds.detach.call(monolith.paymentMethods, 'a2')).toMatchObject({
      outcome: 'rejected',
      reason: 'notAttached',
      attemptId: 'a1',
    });
  });

  it('that is under way is not looked after by reconcile', async () => {
    const monolith = await withAttached();
    await crash(monolith, 'detach', false);
    const before = monolith.gateway.requests.length;
    await monolith.paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'recovery' });
    expect(monolith.gateway.requests).toHaveLength(before);
  });
});
