import { describe, expect, it } from 'vitest';
import { paymentMethodCodec } from '../../../src/application/events/eventCodec.ts';
import type { Leases } from '../../../src/application/ports/leases.ts';
import { LocalLeases } from '../../../src/application/recovery/localLeases.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { requested } from '../../domain/given.ts';
import { key } from '../../domain/requests.ts';
import { aMonolith, ana, dying, dyingBeforeDefault, gatewayWith, hour, settled } from '../support.ts';

const minute = 60_000;

/** Leases that note what is claimed. */
function noting(leases: Leases) {
  const names: string[] = [];
  const noted: Leases = {
    acquire: (name, ...rest) => {
      names.push(name);
      return leases.acquire(name, ...rest);
    },
    release: (name, owner) => leases.release(name, owner),
  };
  return { names, leases: noted };
}

/** Puts events of pm_1 into the trail as they are. */
async function record({ store }: ReturnType<typeof aMonolith>, events: readonly PaymentMethodEvent[]) {
  const context = { actor: 'user-7', correlationId: 'a', causationId: null };
  const encoded = events.map((event) => paymentMethodCodec.encode(event, crypto.randomUUID(), context));
  await store.append([{ stream: 'paymentMethod-pm_1', expectedVersion: 0, events: encoded }]);
}

describe('what recovery has claimed', () => {
  it('and could not finish, whatever went wrong, is put off for a quarter of its age', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(minute);
    const { leases, gateway } = monolith;
    const lookUp = () => Promise.reject(new Error('no'));
    const failing = monolith.process({ leases, gateway: gatewayWith(gateway, { lookUp }) });
    expect(await failing.recover()).toMatchObject({ looked: 1, stillOpen: [{ paymentMethodId: 'pm_1' }] });
    monolith.passes(minute / 4 - 1);
    expect(await failing.recover()).toMatchObject({ looked: 0, putOff: 1 });
    monolith.passes(1);
    expect(await monolith.process({ leases }).recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
  });

  it('is put off no longer than a quarter of an hour, however old it is', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(10 * hour);
    monolith.gateway.isUnreachable({ times: 100 });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 1, putOff: 0 });
    monolith.passes(hour / 4 - 1);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0, putOff: 1 });
    monolith.passes(1);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 1, putOff: 0 });
  });

  it('is free once it is finished: what is asked for next, of the same one, is not put off', async () => {
    const monolith = aMonolith();
    const { paymentMethods, gateway } = monolith;
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(10 * hour);
    expect(await paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
    const pm1 = { paymentMethodId: 'pm_1', actor: 'user-7' };
    const detach = () => new Promise<never>(() => {});
    void monolith.process({ gateway: gatewayWith(gateway, { detach }) }).detach(pm1);
    await settled();
    monolith.passes(minute);
    expect(await paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'detached' }], putOff: 0 });
  });

  it('stays claimed where one of two requests of a payment method is open still', async () => {
    const monolith = aMonolith();
    const detachment = { ...key, attemptId: 'x-1' as never, paymentMethodId: ana.paymentMethodId as never };
    await record(monolith, [requested(), { type: 'DetachmentRequested', data: detachment }]);
    monolith.passes(minute);
    const { gateway } = monolith;
    const evidence = { source: 'response', requestId: null, tries: [] } as const;
    const detach = async () => ({ answer: 'unknown', cause: 'timeout', evidence }) as const;
    const doubting = monolith.process({ gateway: gatewayWith(gateway, { detach }), leases: monolith.leases });
    expect(await doubting.recover()).toMatchObject({
      settled: [{ sort: 'attachment', outcome: 'attached' }],
      stillOpen: [{ sort: 'detachment', why: 'timeout' }],
    });
    expect(await doubting.recover()).toMatchObject({ looked: 0, putOff: 1 });
  });

  it('is each wish of an attach by itself, and apart from the attempt', async () => {
    const monolith = aMonolith();
    const { store, passes } = monolith;
    const eventStore = dyingBeforeDefault(store);
    for (const name of ['1', '2']) {
      const wish = { ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}`, setAsDefault: true };
      void monolith.process({ eventStore }).attach(wish);
    }
    await settled();
    passes(minute);
    const { names, leases } = noting(monolith.leases);
    expect(await monolith.process({ leases }).recover()).toMatchObject({ looked: 2, putOff: 0 });
    expect(names.toSorted()).toEqual(['recovery/wish/paymentMethod-pm_1', 'recovery/wish/paymentMethod-pm_2']);
  });
});

it('a lease that ended is anybody’s, also behind one that was taken before and lasts still', async () => {
  let now = 0;
  const leases = new LocalLeases({ now: () => new Date(now) });
  expect(await leases.acquire('long', 'one', 1000)).toBe(true);
  expect(await leases.acquire('short', 'one', 10)).toBe(true);
  now = 9;
  expect(await leases.acquire('short', 'two', 10)).toBe(false);
  now = 10;
  expect(await leases.acquire('short', 'two', 10)).toBe(true);
  expect(await leases.acquire('long', 'two', 10)).toBe(false);
});
