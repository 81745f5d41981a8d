import { expect, it } from 'vitest';
import type { TestPaymentMethods } from '../../src/testing/index.ts';
import { testPaymentMethods } from '../../src/testing/index.ts';

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

// As docs/testing.md has it.
it.each<[string, (gateway: TestPaymentMethods['gateway']) => unknown, Readonly<Record<string, string>>, number]>([
  ['nothing', () => {}, { outcome: 'attached' }, 1],
  ['declines', (gateway) => gateway.declines('pm_1'), { outcome: 'rejected', reason: 'cardDeclined' }, 0],
  [
    'attachedElsewhere',
    (gateway) => gateway.attachedElsewhere('pm_1'),
    { outcome: 'rejected', reason: 'attachedToAnotherCustomer' },
    0,
  ],
  ['losesResponse', (gateway) => gateway.losesResponse(), { outcome: 'attached' }, 1],
  ['losesRequest', (gateway) => gateway.losesRequest(), { outcome: 'unknown', cause: 'connectionLost' }, 0],
  ['isUnreachable', (gateway) => gateway.isUnreachable(), { outcome: 'unknown', cause: 'unreachable' }, 0],
  ['isFlaky', (gateway) => gateway.isFlaky(1), { outcome: 'unknown', cause: 'unreachable' }, 0],
])('with %s, attach answers what the page on testing says', async (_, scenario, result, effects) => {
  const { paymentMethods, gateway } = testPaymentMethods();
  scenario(gateway);
  expect(await paymentMethods.attach(ana)).toMatchObject(result);
  expect(gateway.account.effects).toHaveLength(effects);
});
