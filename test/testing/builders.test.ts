import { describe, expect, it } from 'vitest';
import { customerEventTypes, eventTypes, setupEventTypes } from '../../src/application/events/eventTypes.ts';
import type { TrailEvent } from '../../src/application/events/eventTypes.ts';
import { fold } from '../../src/domain/paymentMethod.ts';
import {
  aCard,
  anEvent,
  aPaymentMethod,
  aRecord,
  attemptId,
  customerReference,
  paymentMethodId,
  recordEvents,
  testPaymentMethods,
} from '../../src/testing/index.ts';

const types = Object.keys(eventTypes) as TrailEvent['type'][];

function streamOf(type: TrailEvent['type']): string {
  if (type in setupEventTypes) return 'setup-setup-1';
  if (type in customerEventTypes) return 'customer-cus_1';
  return type === 'PaymentMethodCloned' ? 'paymentMethod-pm_card_visa/attempt-1' : 'paymentMethod-pm_1';
}

describe('a built event', () => {
  it.each(types)('of type %s is one that a trail can hold, and holds nothing else', (type) => {
    const { data } = anEvent(type);
    expect(eventTypes[type].schema.parse(data)).toEqual(data);
  });

  it('is what was said of it, over the usual', () => {
    const event = anEvent('PaymentMethodAttached', {
      paymentMethodId: paymentMethodId('pm_2'),
      card: aCard({ last4: '1881' }),
    });
    expect(event).toMatchObject({
      type: 'PaymentMethodAttached',
      data: { paymentMethodId: 'pm_2', customer: { id: 'cus_1' } },
    });
    expect(event.data.card?.last4).toBe('1881');
    expect(aPaymentMethod({ card: null })).toMatchObject({ card: null, type: 'card' });
  });

  it('tells one story with the others of its kind', () => {
    const story = (
      ...names: ('AttachmentRequested' | 'PaymentMethodAttached' | 'DetachmentRequested' | 'PaymentMethodDetached')[]
    ) => fold(names.map((name) => anEvent(name))).status;
    expect(story('AttachmentRequested', 'PaymentMethodAttached')).toBe('attached');
    expect(story('AttachmentRequested', 'PaymentMethodAttached', 'DetachmentRequested', 'PaymentMethodDetached')).toBe(
      'detached',
    );
  });

  it('is read from a trail as of position 1, where nothing else is said', () => {
    const event = anEvent('CustomerDeleted');
    expect(aRecord(event)).toMatchObject({ position: 1, version: 1, stream: 'customer-cus_1', event });
    expect(aRecord(anEvent('SetupBegun'), { position: 7 })).toMatchObject({ position: 7, stream: 'setup-setup-1' });
  });
});

describe('a past that is written into a store', () => {
  it.each(types)('of one event of type %s stands in the stream where the module writes it', async (type) => {
    const { eventStore } = testPaymentMethods();
    await recordEvents(eventStore, [anEvent(type)]);
    const streams = [];
    for await (const { stream } of eventStore.readTrail()) streams.push(stream);
    expect(streams).toEqual([streamOf(type)]);
  });

  it('is known to the payment methods: a repeat of its attempt asks nothing', async () => {
    const { paymentMethods, eventStore, gateway } = testPaymentMethods();
    await recordEvents(eventStore, [anEvent('AttachmentRequested')]);
    await recordEvents(eventStore, [anEvent('PaymentMethodAttached')], { actor: 'user-8' });
    const result = await paymentMethods.attach({
      paymentMethodId: 'pm_1',
      customer: 'cus_1',
      attemptId: 'attempt-1',
      actor: 'user-7',
    });
    expect(result.outcome).toBe('attached');
    expect(gateway.requests).toEqual([]);
    expect((await paymentMethods.history('pm_1')).events.map(({ metadata }) => metadata.actor)).toEqual([
      'user-7',
      'user-8',
    ]);
  });
});

describe('an id', () => {
  it('of a text that is none is refused, and named', () => {
    expect(() => paymentMethodId('pm-1')).toThrow('"pm-1" is no id of a payment method, such as pm_1.');
    expect(() => customerReference('pm_1')).toThrow(TypeError);
    expect(() => attemptId('')).toThrow(TypeError);
    expect(customerReference('acct_1')).toEqual({ kind: 'customerAccount', id: 'acct_1' });
  });
});
