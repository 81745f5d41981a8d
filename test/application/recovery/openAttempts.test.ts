import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { evolveCustomer, initialCustomer } from '../../../src/domain/customer.ts';
import type { CustomerEvent } from '../../../src/domain/customer.ts';
import { evolve, initialState, isOpen } from '../../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { evolveSetup, initialSetup } from '../../../src/domain/setup.ts';
import type { SetupEvent } from '../../../src/domain/setup.ts';
import type { TrailRecord } from '../../../src/application/events/eventCodec.ts';
import { decodeEvent } from '../../../src/application/events/eventCodec.ts';
import { customerEventTypes, eventTypes, setupEventTypes } from '../../../src/application/events/eventTypes.ts';
import { paymentMethodEventTypes } from '../../../src/application/events/paymentMethodEventTypes.ts';
import { openAttempts } from '../../../src/application/readModels/openAttempts.ts';
import type { OpenStream, RequestSort } from '../../../src/application/readModels/openAttempts.ts';
import { projected } from '../../../src/application/readModels/projection.ts';

const sampleSchema = z.object({ data: z.record(z.string(), z.unknown()), metadata: z.record(z.string(), z.unknown()) });

/** The golden sample of a type, of one of two attempts, at one of a few instants. */
function aRecord(type: string, attempt: number, minute: number): TrailRecord {
  const { version } = eventTypes[type as keyof typeof eventTypes];
  const file = new URL(`../events/golden/${type}.v${version}.json`, import.meta.url);
  const { data, metadata } = sampleSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const at = new Date(Date.UTC(2025, 10, 23, 12, minute)).toISOString();
  const varied = {
    ...data,
    ...('attemptId' in data ? { attemptId: `attempt-${attempt}` } : {}),
    ...('requestedAt' in data ? { requestedAt: at } : {}),
    ...('renewedAt' in data ? { renewedAt: at } : {}),
  };
  return decodeEvent({
    trail: 'default',
    stream: 'a-stream',
    position: 1,
    version: 1,
    eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11',
    recordedAt: '2025-11-23T12:00:00.000000Z',
    hash: '',
    type,
    data: JSON.stringify(varied),
    metadata: JSON.stringify(metadata),
  });
}

const anyStory = (types: readonly string[]) =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...types), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 9 }))
      .map(([type, attempt, minute]) => aRecord(type, attempt, minute)),
    { maxLength: 12 },
  );

const openOf = (records: readonly TrailRecord[]) =>
  records.reduce<OpenStream | undefined>((open, record) => projected(openAttempts, open, record), undefined);
const noted = (open: OpenStream | undefined) =>
  open?.requests.map(({ sort, attemptId, why }) => ({ sort, attemptId, why })).sort(bySort) ?? [];
const bySort = (one: { sort: RequestSort }, other: { sort: RequestSort }) => one.sort.localeCompare(other.sort);

describe('the open attempts of a stream', () => {
  it('P8: are those that the state of a payment method has open, whatever happened', () => {
    fc.assert(
      fc.property(anyStory(Object.keys(paymentMethodEventTypes)), (records) => {
        const state = records.reduce((from, { event }) => evolve(from, event as PaymentMethodEvent), initialState);
        const { detachment } = state;
        expect(noted(openOf(records))).toEqual([
          ...(isOpen(state)
            ? [
                {
                  sort: 'attachment',
                  attemptId: state.attempt.attemptId,
                  why: state.status === 'attaching' ? null : state.cause,
                },
              ]
            : []),
          ...(detachment === null
            ? []
            : [{ sort: 'detachment', attemptId: detachment.attemptId, why: detachment.cause }]),
        ]);
      }),
    );
  });

  it('P8: are those that the state of a customer has open', () => {
    fc.assert(
      fc.property(anyStory(Object.keys(customerEventTypes)), (records) => {
        const { open } = records.reduce(
          (from, { event }) => evolveCustomer(from, event as CustomerEvent),
          initialCustomer,
        );
        const expected = open === null ? [] : [{ sort: 'default', attemptId: open.attemptId, why: open.cause }];
        expect(noted(openOf(records))).toEqual(expected);
      }),
    );
  });

  it('P8: are those that the state of a setup has open', () => {
    fc.assert(
      fc.property(anyStory(Object.keys(setupEventTypes)), (records) => {
        const state = records.reduce((from, { event }) => evolveSetup(from, event as SetupEvent), initialSetup);
        const open = state.status === 'requested' ? state : null;
        const expected = open && [{ sort: 'setup', attemptId: open.wish.attemptId, why: open.open.cause }];
        expect(noted(openOf(records))).toEqual(expected ?? []);
      }),
    );
  });

  it('are as old as when they were first asked for, and remember how often Stripe was asked to no avail', () => {
    const open = openOf([
      aRecord('AttachmentRequested', 1, 0),
      aRecord('AttachmentOutcomeUnknown', 1, 0),
      aRecord('IdempotencyKeyRenewed', 1, 5),
    ]);
    const unknown = aRecord('AttachmentOutcomeUnknown', 1, 0).event.data;
    expect(open).toMatchObject({
      since: '2025-11-23T12:00:00.000Z',
      requests: [{ why: null, tries: 'evidence' in unknown ? unknown.evidence.tries.length : 0 }],
    });
    expect(open?.requests[0]?.tries).toBeGreaterThan(0);
  });
});
