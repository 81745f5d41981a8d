import { expect, expectTypeOf, it } from 'vitest';
import { FakePaymentGateway, InMemoryEventStore, ManualTime, testPaymentMethods } from '../../src/testing/index.ts';
import { systemClock } from '../../src/adapters/system/system.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

it('answers the parts that it was given, and no double that nobody asks', async () => {
  const gateway = new FakePaymentGateway();
  const eventStore = new InMemoryEventStore();
  const given = testPaymentMethods({ gateway, eventStore });
  expect(given.gateway).toBe(gateway);
  expect(given.eventStore).toBe(eventStore);
  await given.paymentMethods.attach(ana);
  expect(given.gateway.requests).toHaveLength(1);
  expect(await given.eventStore.readHead()).toMatchObject({ position: 2 });
});

it('types a part of one’s own as what it is', () => {
  const eventStore: EventStore = new InMemoryEventStore();
  expectTypeOf(testPaymentMethods({ eventStore }).eventStore).toEqualTypeOf<EventStore>();
  expectTypeOf(testPaymentMethods({ eventStore }).gateway).toEqualTypeOf<FakePaymentGateway>();
  expectTypeOf(testPaymentMethods().eventStore).toEqualTypeOf<InMemoryEventStore>();
  // @ts-expect-error -- a part is misspelt
  testPaymentMethods({ evntStore: eventStore });
});

it('goes by a manual time that it was given, and by any other clock', async () => {
  const time = new ManualTime(new Date('2030-01-01T00:00:00Z'));
  const { paymentMethods, ...given } = testPaymentMethods({ clock: time });
  expect(given.time).toBe(time);
  await paymentMethods.attach(ana);
  const { events } = await paymentMethods.history(ana.paymentMethodId);
  expect(events.map(({ recordedAt }) => recordedAt.slice(0, 10))).toEqual(['2030-01-01', '2030-01-01']);
  expect(testPaymentMethods({ clock: systemClock }).time).toBeInstanceOf(ManualTime);
});

it('sweeps as its time goes by', async () => {
  const { paymentMethods, gateway, time } = testPaymentMethods();
  await paymentMethods.attach(ana);
  gateway.account.addPaymentMethod({ id: 'pm_2', owner: { kind: 'customer', id: 'cus_Ana' } });
  const sweeping = paymentMethods.sweep({ customer: ana.customer });
  await time.advance(1000);
  expect((await sweeping).findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_2' }]);
});
