import { describe, expect, it } from 'vitest';
import type { LookUp } from '../../src/domain/answers.ts';
import { decideLooked } from '../../src/domain/observations.ts';
import { fold } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import { disagreementOf } from '../../src/domain/sweeps.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import {
  ana,
  aPaymentMethod,
  attached,
  ben,
  detached,
  first,
  given,
  outcomeUnknown,
  pm,
  rejected,
  requested,
} from './given.ts';

const evidence: Evidence = { source: 'sweep', requestId: 'req_2', tries: [] };
const swept = { ...aPaymentMethod(), customer: ana };
const detachmentRequested: PaymentMethodEvent = {
  type: 'DetachmentRequested',
  data: {
    attemptId: first,
    paymentMethodId: pm,
    idempotencyKey: 'key-2',
    apiVersion: '2025-10-29.clover',
    requestedAt: '2025-11-23T12:00:00.000Z',
  },
};

describe('a sweep that finds it attached', () => {
  const decide = (state: PaymentMethodState) =>
    decideLooked({ paymentMethod: swept, attemptId: null, evidence }, state);

  it.each<[string, readonly PaymentMethodEvent[]]>([
    ['nobody asked for', []],
    ['Stripe had rejected', [requested(), rejected()]],
    ['somebody asked for another customer', [requested({ customer: ben })]],
  ])('records what %s, as nobody’s here', (_, events) => {
    given(...events)
      .when(decide)
      .thenRecords(attached({ attemptId: null, evidence }));
  });

  it.each([[[requested()]], [[requested(), outcomeUnknown()]]])(
    'records it as the outcome of the open attempt',
    (events) => {
      given(...events)
        .when(decide)
        .thenRecords(attached({ attemptId: first, evidence }));
    },
  );

  it.each([[[attached()]], [[attached(), detached]]])(
    'records nothing where the trail knows it, or what came after',
    (events) => {
      given(...events)
        .when(decide)
        .thenRecords();
    },
  );
});

describe('a sweep that finds it attached to nobody', () => {
  const found = (customer: typeof ana | null) => (state: PaymentMethodState) =>
    decideLooked({ paymentMethod: aPaymentMethod({ customer }), attemptId: null, evidence }, state);
  const decide = found(null);
  const gone = (attemptId: typeof first | null): PaymentMethodEvent => ({
    type: 'PaymentMethodDetached',
    data: { paymentMethodId: pm, customer: ana, attemptId, evidence },
  });

  it('records that it was detached', () => {
    given(attached()).when(decide).thenRecords(gone(null));
  });

  it('records it as the outcome of a detachment of ours that is open', () => {
    given(attached(), detachmentRequested).when(decide).thenRecords(gone(first));
  });

  it.each<[string, readonly PaymentMethodEvent[]]>([
    ['never attached', []],
    ['being attached', [requested()]],
    ['rejected', [requested(), rejected()]],
    ['detached', [attached(), detached]],
  ])('records nothing of what is %s: it proves nothing', (_, events) => {
    given(...events)
      .when(decide)
      .thenRecords();
  });

  it('records nothing where it is attached', () => {
    given(attached()).when(found(ana)).thenRecords();
  });
});

describe('what no event can bring together', () => {
  const found = (customer: typeof ana | null): LookUp => ({
    look: 'found',
    paymentMethod: aPaymentMethod({ customer }),
  });

  it.each<[string, readonly PaymentMethodEvent[], LookUp, string | null]>([
    ['attached to another', [attached()], found(ben), 'attachedToAnotherCustomer'],
    ['attached though detached', [attached(), detached], found(ana), 'attachedThoughDetached'],
    ['not there though attached', [attached()], { look: 'notFound' }, 'notAtStripe'],
    ['the same', [attached()], found(ana), null],
    ['detached on both sides', [attached(), detached], found(null), null],
    ['not there, and never attached', [requested()], { look: 'notFound' }, null],
    ['attached, and not known here', [], found(ana), null],
    ['not known: the look failed', [attached()], { look: 'unknown', cause: 'timeout' }, null],
  ])('%s', (_, events, look, expected) => {
    expect(disagreementOf(fold(events), look)).toBe(expected);
  });
});
