import { describe, expect, expectTypeOf, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import type { CustomerReference } from '../../../src/domain/identifiers.ts';
import type { ReadOptions } from '../../../src/application/reading/readCommand.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { hour } from '../support.ts';
import { aTrail, listed, noon } from './support.ts';

const whole = [
  '1 AttachmentRequested',
  '2 PaymentMethodAttached',
  '3 AttachmentRefused',
  '4 AttachmentRequested',
  '5 PaymentMethodAttached',
  '6 DefaultPaymentMethodRequested',
  '7 DefaultPaymentMethodSet',
  '8 SetupRequested',
  '9 SetupBegun',
  '10 DetachmentRequested',
  '11 PaymentMethodDetached',
];
const at = (...positions: number[]) => positions.map((position) => whole[position - 1]);

describe('trail.read', () => {
  it.each<[string, ReadOptions, readonly number[]]>([
    ['the whole trail, of every kind of stream', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['what stands behind a position', { after: 8 }, [9, 10, 11]],
    ['what stands up to a position', { upTo: 2 }, [1, 2]],
    ['nothing between a position and itself', { after: 4, upTo: 4 }, []],
    ['nothing behind the end', { after: 99 }, []],
    ['what was recorded after an instant', { after: new Date(noon + 3 * hour) }, [10, 11]],
    ['what was recorded up to an instant', { upTo: new Date(noon + hour) }, [1, 2, 3]],
    ['nothing up to an instant before it all', { upTo: new Date(noon - 1) }, []],
    ['all up to an instant to come', { upTo: new Date(noon + 99 * hour), after: 9 }, [10, 11]],
    ['what was recorded between two instants', { after: new Date(noon), upTo: new Date(noon + 2 * hour) }, [3, 4, 5]],
    ['some types', { types: ['PaymentMethodAttached', 'PaymentMethodDetached'] }, [2, 5, 11]],
    ['no type', { types: [] }, []],
    ['one stream', { stream: 'paymentMethod-pm_1' }, [1, 2, 3, 10, 11]],
    ['one stream between two positions', { stream: 'paymentMethod-pm_1', after: 1, upTo: 10 }, [2, 3, 10]],
    ['no stream', { stream: 'paymentMethod-pm_9' }, []],
    ['a customer: also what does not name it', { customer: 'cus_Ana' }, [1, 2, 6, 7, 8, 9, 10, 11]],
    ['a customer that was refused', { customer: 'cus_Ben' }, [3, 4, 5]],
    ['a customer behind the event that named it', { customer: 'cus_Ana', after: 8 }, [9, 10, 11]],
    ['a customer in one stream', { customer: 'cus_Ana', stream: 'setup-s-1' }, [8, 9]],
    ['a customer that nobody mentioned', { customer: 'cus_An' }, []],
    ['a customer, some types', { customer: 'cus_Ana', types: ['SetupBegun', 'PaymentMethodAttached'] }, [2, 9]],
  ])('reads %s', async (_, options, positions) => {
    const { store } = await aTrail();
    expect(await listed(new Trail({ eventStore: store }).read(options))).toEqual(at(...positions));
  });

  it.each<[string, unknown, string]>([
    ['a range that runs backwards', { after: 5, upTo: 4 }, 'upTo'],
    ['instants that run backwards', { after: new Date(1), upTo: new Date(0) }, 'upTo'],
    ['a date that is not one', { after: new Date('x') }, 'after'],
    ['half a position', { upTo: 1.5 }, 'upTo'],
    ['a type there is not', { types: ['Attached'] }, 'types.0'],
    ['a customer that is none', { customer: 'pm_1' }, 'customer'],
    ['a misspelt option', { from: 3 }, 'from'],
  ])('refuses %s, naming the field', async (_, options, field) => {
    const { store } = await aTrail();
    const trail = new Trail({ eventStore: store });
    expect(() => trail.read(options as ReadOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_COMMAND', details: { call: 'read', fields: [field] } }),
    );
  });

  it('types the events by the types asked for', async () => {
    const { store } = await aTrail();
    for await (const { event } of new Trail({ eventStore: store }).read({ types: ['PaymentMethodAttached'] })) {
      expectTypeOf(event.type).toEqualTypeOf<'PaymentMethodAttached'>();
      expectTypeOf(event.data.customer).toEqualTypeOf<CustomerReference>();
      expect(event.type).toBe('PaymentMethodAttached');
    }
  });

  it('ends with the reason of its signal, before it begins and in the midst', async () => {
    const { store } = await aTrail();
    const trail = new Trail({ eventStore: store });
    const gaveUp = new Error('gave up');
    await expect(listed(trail.read({ signal: AbortSignal.abort(gaveUp) }))).rejects.toBe(gaveUp);
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { position } of trail.read({ signal: controller.signal })) {
        seen.push(position);
        if (position === 3) controller.abort(gaveUp);
      }
    })();
    await expect(reading).rejects.toBe(gaveUp);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('names an event that it cannot read, and passes over it where it is not asked for', async () => {
    const { store } = await aTrail();
    const eventId = '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11';
    const foreign = { eventId, type: 'SomethingElse', data: '{}', metadata: '{}' };
    await store.append([{ stream: 'else-1', expectedVersion: 0, events: [foreign] }]);
    const trail = new Trail({ eventStore: store });
    await expect(listed(trail.read())).rejects.toMatchObject({ code: 'EVENT_INVALID', details: { eventId } });
    expect(await listed(trail.read({ after: 10, types: ['PaymentMethodDetached'] }))).toEqual(at(11));
    expect(await listed(trail.read({ after: 9, customer: 'cus_Ana' }))).toEqual(at(10, 11));
  });

  it('brings old versions up to the newest', async () => {
    const store = new InMemoryEventStore();
    const data = JSON.stringify({
      paymentMethodId: 'pm_1',
      customer: null,
      evidence: { source: 'webhook', requestId: null, tries: [] },
    });
    const metadata = JSON.stringify({ schemaVersion: 1, actor: 'stripe', correlationId: 'c', causationId: null });
    const event = { eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11', type: 'PaymentMethodDetached', data, metadata };
    await store.append([{ stream: 'paymentMethod-pm_1', expectedVersion: 0, events: [event] }]);
    for await (const { event: read } of new Trail({ eventStore: store }).read()) {
      expect(read.data).toMatchObject({ attemptId: null });
    }
  });
});

describe('trail.positionAt', () => {
  it.each([
    ['before it all', -1, 0],
    ['the very instant', 0, 2],
    ['between two events', 1.5 * hour, 3],
    ['after it all', 99 * hour, 11],
  ])('is the last position recorded by %s', async (_, after, position) => {
    const { store } = await aTrail();
    expect(await new Trail({ eventStore: store }).positionAt(new Date(noon + after))).toBe(position);
  });

  it('of an empty trail is 0', async () => {
    expect(await new Trail({ eventStore: new InMemoryEventStore() }).positionAt(new Date())).toBe(0);
  });
});
