import { describe, expect, it } from 'vitest';
import { aMonolith, ana, decoded, dyingBeforeDefault, gatewayWith, settled } from '../support.ts';

const one = { ...ana, paymentMethodId: 'pm_1', attemptId: 'a1', setAsDefault: true };
const two = { ...ana, paymentMethodId: 'pm_2', attemptId: 'a2', setAsDefault: true };
const explicit = { customer: 'cus_Ana', paymentMethodId: 'pm_3', attemptId: 'd3', actor: 'user-7' };

type Monolith = ReturnType<typeof aMonolith>;

/** A monolith whose Stripe has three payment methods, the third of them attached to Ana. */
async function withThree(): Promise<Monolith> {
  const monolith = aMonolith();
  await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
  return monolith;
}

/** Attaches, and dies before it asks for the default. */
async function attachAndDie(monolith: Monolith, wish: typeof one, clock = monolith.clock) {
  void monolith.process({ eventStore: dyingBeforeDefault(monolith.store), clock }).attach(wish);
  await settled();
}

/** What was set as Ana's default, in order. */
async function set({ store }: Monolith): Promise<readonly string[]> {
  return (await decoded(store)).flatMap(({ event }) =>
    event.type === 'DefaultPaymentMethodSet' ? [event.data.paymentMethodId] : [],
  );
}

describe('of two wishes for the default', () => {
  it('the later stands, though recovery comes to the older first', async () => {
    const monolith = await withThree();
    await attachAndDie(monolith, one);
    monolith.passes(1_000);
    await attachAndDie(monolith, two);
    monolith.passes(60_000);
    await monolith.paymentMethods.recover();
    monolith.passes(60_000);
    await monolith.paymentMethods.recover();
    expect((await set(monolith)).at(-1)).toBe('pm_2');
  });

  it('the later stands, though its attach was done while the older one was carried out', async () => {
    const monolith = await withThree();
    await attachAndDie(monolith, one);
    monolith.passes(1_000);
    await attachAndDie(monolith, two);
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.attach(one)).toMatchObject({ setAsDefault: { outcome: 'set' } });
    await monolith.paymentMethods.recover();
    expect(await set(monolith)).toEqual(['pm_1', 'pm_2']);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  });

  it('the older gives way once the later is set, whoever asks for it again', async () => {
    const monolith = await withThree();
    await attachAndDie(monolith, one);
    expect(await monolith.paymentMethods.attach(two)).toMatchObject({ setAsDefault: { outcome: 'set' } });
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
    const me = { paymentMethodId: 'pm_1', actor: 'user-7' };
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ setAsDefault: { outcome: 'superseded' } });
    expect(await monolith.paymentMethods.attach(one)).toMatchObject({ setAsDefault: { outcome: 'superseded' } });
    expect(await set(monolith)).toEqual(['pm_2']);
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('the later stands, though the clock of the older one’s process is %s', async (_, skew) => {
    const monolith = await withThree();
    const { clock } = monolith;
    await attachAndDie(monolith, one, { now: () => new Date(clock.now().getTime() + skew) });
    monolith.passes(1_000);
    await monolith.paymentMethods.setDefault(explicit);
    monolith.passes(2 * 3_600_000);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
    expect(await monolith.paymentMethods.attach(one)).toMatchObject({ setAsDefault: { outcome: 'superseded' } });
    expect(await set(monolith)).toEqual(['pm_3']);
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('the later stands, though the clock of the process that asked before it is %s', async (_, skew) => {
    const monolith = await withThree();
    const { clock } = monolith;
    const skewed = monolith.process({ clock: { now: () => new Date(clock.now().getTime() + skew) } });
    await skewed.setDefault(explicit);
    monolith.passes(1_000);
    await attachAndDie(monolith, one);
    monolith.passes(60_000);
    await monolith.paymentMethods.recover();
    expect(await set(monolith)).toEqual(['pm_3', 'pm_1']);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  });
});

it('a new key for an older default keeps no later wish from being asked for', async () => {
  const monolith = await withThree();
  monolith.account.faults.next({ fault: 'serverError', effect: false, match: { path: /^\/v1\/customers\// } });
  expect(await monolith.paymentMethods.setDefault(explicit)).toMatchObject({ outcome: 'unknown' });
  monolith.passes(1_000);
  await attachAndDie(monolith, one);
  monolith.passes(1_000);
  expect(await monolith.paymentMethods.setDefault(explicit)).toMatchObject({ outcome: 'set' });
  monolith.passes(60_000);
  await monolith.paymentMethods.recover();
  expect(await set(monolith)).toEqual(['pm_3', 'pm_1']);
});

it('a wish of an attempt that has asked for its default before is none', async () => {
  const monolith = await withThree();
  await monolith.paymentMethods.setDefault({ ...explicit, attemptId: 'a1' });
  const result = await monolith.paymentMethods.attach(one);
  expect(result).toMatchObject({ outcome: 'attached', setAsDefault: { reason: 'attemptIdReused' } });
  monolith.passes(60_000);
  expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  expect(await monolith.trail()).not.toContain('DefaultPaymentMethodWished');
});

it('a wish whose attach Stripe refuses is over', async () => {
  const monolith = await withThree();
  monolith.gateway.declines('pm_1');
  expect(await monolith.paymentMethods.attach(one)).toMatchObject({ outcome: 'rejected' });
  monolith.account.addPaymentMethod({ id: 'pm_1' });
  const again = { ...one, attemptId: 'a2', setAsDefault: false };
  expect(await monolith.paymentMethods.attach(again)).toMatchObject({ outcome: 'attached' });
  monolith.passes(60_000);
  expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  expect(await set(monolith)).toEqual([]);
});

it('a wish of an attempt whose first payment method was declined is as durable for the next one', async () => {
  const monolith = await withThree();
  monolith.gateway.declines('pm_1');
  expect(await monolith.paymentMethods.attach(one)).toMatchObject({ outcome: 'rejected' });
  await monolith.paymentMethods.setDefault(explicit);
  await attachAndDie(monolith, { ...two, attemptId: one.attemptId });
  monolith.passes(60_000);
  expect((await monolith.paymentMethods.recover()).settled).toMatchObject([{ sort: 'default', outcome: 'set' }]);
  expect(await set(monolith)).toEqual(['pm_3', 'pm_2']);
});

describe('who joins an attach', () => {
  const { attemptId: _, ...unnamed } = one;

  /** Ana's two calls, of which the second joins; in between, another default is set. */
  async function joining(first: typeof unnamed, setDefault?: 'fails' | 'before') {
    const monolith = await withThree();
    if (setDefault === 'before') await monolith.paymentMethods.setDefault(explicit);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { gateway } = monolith;
    const slow = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          await held;
          return gateway.attach(request, options);
        },
        setDefault: (request, options) =>
          setDefault === 'fails' ? Promise.reject(new TypeError('no')) : gateway.setDefault(request, options),
      }),
    });
    const led = slow.attach(first);
    await settled();
    await monolith.paymentMethods.setDefault(explicit);
    const joined = slow.attach(unnamed);
    goOn();
    return { monolith, led: await led, joined: await joined };
  }

  it('is the later, where another default was set since that began', async () => {
    const { monolith, led, joined } = await joining(unnamed);
    expect(led).toMatchObject({ setAsDefault: { outcome: 'superseded' } });
    expect(joined).toMatchObject({ outcome: 'attached', setAsDefault: { outcome: 'set', paymentMethodId: 'pm_1' } });
    expect(await set(monolith)).toEqual(['pm_3', 'pm_1']);
    expect(monolith.posts()).toHaveLength(2);
  });

  it('has a wish of its own, whatever the other attempt’s id was used for', async () => {
    const { led, joined } = await joining({ ...unnamed, attemptId: 'd3' } as typeof unnamed, 'before');
    expect(led).toMatchObject({ setAsDefault: { outcome: 'rejected', reason: 'attemptIdReused' } });
    expect(joined).toMatchObject({ setAsDefault: { outcome: 'set' } });
  });

  it('is told by which attempt its own wish is finished, where that fails', async () => {
    const { monolith, joined } = await joining(unnamed, 'fails');
    if (joined.outcome !== 'attached' || joined.setAsDefault?.outcome !== 'failed') throw new TypeError('not failed');
    const { attemptId, paymentMethodId } = joined.setAsDefault;
    const again = { customer: 'cus_Ana', actor: 'user-7', paymentMethodId, attemptId };
    expect(await monolith.paymentMethods.setDefault(again)).toMatchObject({ outcome: 'set' });
  });
});

it('of two payment methods of one attempt, each wish has its own place', async () => {
  const monolith = await withThree();
  await attachAndDie(monolith, one);
  await attachAndDie(monolith, two);
  monolith.account.addPaymentMethod({ id: 'pm_4' });
  monolith.gateway.declines('pm_4');
  const third = { ...one, paymentMethodId: 'pm_4' };
  expect(await monolith.paymentMethods.attach(third)).toMatchObject({ outcome: 'rejected' });
  monolith.passes(60_000);
  expect(await monolith.paymentMethods.attach(one)).toMatchObject({ setAsDefault: { outcome: 'set' } });
  await monolith.paymentMethods.recover();
  expect(await set(monolith)).toEqual(['pm_1', 'pm_2']);
  expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
});

it('a wish stands right behind the request of its attach, of each of two at once', async () => {
  const monolith = await withThree();
  const lost = gatewayWith(monolith.gateway, { attach: () => new Promise<never>(() => {}) });
  void monolith.process({ gateway: lost }).attach(one);
  void monolith.process({ gateway: lost }).attach(two);
  await settled();
  expect(await monolith.trail()).toEqual([
    'AttachmentRequested',
    'PaymentMethodAttached',
    'AttachmentRequested',
    'DefaultPaymentMethodWished',
    'AttachmentRequested',
    'DefaultPaymentMethodWished',
  ]);
});
