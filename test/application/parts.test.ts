import { describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../src/adapters/fake/fakePaymentGateway.ts';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import { randomIds, systemClock } from '../../src/adapters/system/system.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';

const parts = {
  eventStore: new InMemoryEventStore(),
  gateway: new FakePaymentGateway(),
  clock: systemClock,
  ids: randomIds,
};

describe('PaymentMethods', () => {
  it('is made of its four parts', () => {
    expect(() => new PaymentMethods(parts)).not.toThrow();
  });

  it.each(['eventStore', 'gateway', 'clock', 'ids'])(
    'is not made without %s, or with something else for it',
    (name) => {
      for (const other of [undefined, null, 'a name', {}, new FakePaymentGateway().attach]) {
        const make = () => new PaymentMethods({ ...parts, [name]: other } as never);
        expect(make).toThrow(
          expect.objectContaining({
            code: 'INVALID_OPTIONS',
            message: expect.stringContaining(name) as string,
            details: { missing: name },
          }),
        );
      }
    },
  );

  it.each([undefined, null])('is not made of %s', (given) => {
    expect(() => new PaymentMethods(given as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });
});
