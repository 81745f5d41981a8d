import { describe, expect, it } from 'vitest';
import type { HistoryOptions } from '../../src/application/commands/commands.ts';
import { aMonolith, ana, hour } from './support.ts';

async function aStory() {
  const monolith = aMonolith();
  const { paymentMethods } = monolith;
  monolith.gateway.losesRequest();
  await paymentMethods.attach(ana);
  monolith.passes(hour);
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
  monolith.passes(hour);
  await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'recovery' });
  return monolith.paymentMethods;
}

const noon = Date.UTC(2025, 10, 23, 12);

describe('history', () => {
  it('tells the whole story and where it leaves the payment method', async () => {
    const { events, state, version } = await (await aStory()).history('pm_1');
    expect(events.map(({ event, position, version: at }) => [at, position, event.type])).toEqual([
      [1, 1, 'AttachmentRequested'],
      [2, 2, 'AttachmentOutcomeUnknown'],
      [3, 5, 'PaymentMethodAttached'],
    ]);
    expect({ status: state.status, version }).toEqual({ status: 'attached', version: 3 });
  });

  it.each([
    ['version 1', { version: 1 }, 'attaching', 1],
    ['version 0', { version: 0 }, 'unattached', 0],
    ['a version to come', { version: 99 }, 'attached', 3],
    ['position 4', { position: 4 }, 'outcomeUnknown', 2],
    ['position 5', { position: 5 }, 'attached', 3],
    ['an instant before', new Date(noon - 1), 'unattached', 0],
    ['the very instant', new Date(noon), 'outcomeUnknown', 2],
    ['an instant between', new Date(noon + hour), 'outcomeUnknown', 2],
    ['an instant after', new Date(noon + 2 * hour), 'attached', 3],
  ])('as of %s', async (_, asOf, status, version) => {
    expect(await (await aStory()).history('pm_1', { asOf })).toMatchObject({ state: { status }, version });
  });

  it('of a payment method that nobody mentioned is empty', async () => {
    expect(await aMonolith().paymentMethods.history('pm_9')).toEqual({
      paymentMethodId: 'pm_9',
      state: { status: 'unattached', rejectedAttempts: [], detachment: null, rejectedDetachments: [] },
      version: 0,
      events: [],
    });
  });

  it.each([
    ['no payment method id', 'cus_1', {}],
    ['a date that is not one', 'pm_1', { asOf: new Date('x') }],
    ['a negative version', 'pm_1', { asOf: { version: -1 } }],
    ['a misspelt option', 'pm_1', { asof: { version: 1 } }],
    ['a test alias without its attempt', 'pm_card_visa', {}],
    ['a version with something else', 'pm_1', { asOf: { version: 1, position: 1 } }],
    ['half a position', 'pm_1', { asOf: { position: 1.5 } }],
  ])('refuses %s', async (_, id, options) => {
    await expect(aMonolith().paymentMethods.history(id, options as HistoryOptions)).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
    });
  });

  it.each(['version', 'position'])('says what a %s has to be', async (name) => {
    const told = aMonolith().paymentMethods.history('pm_1', { asOf: { [name]: -1 } as never });
    await expect(told).rejects.toThrow(`history: asOf.${name}: must be a whole number from 0`);
  });
});
