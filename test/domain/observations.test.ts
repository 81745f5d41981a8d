import { describe, it } from 'vitest';
import { decideObservedAttachment, decideObservedDetachment, decideUpdate } from '../../src/domain/observations.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { evolve, initialState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import {
  ana,
  aPaymentMethod,
  attached,
  ben,
  detached,
  first,
  outcomeUnknown,
  pm,
  rejected,
  requested,
  second,
} from './given.ts';
import { givenOf, key, readBack, webhook } from './requests.ts';

const given = givenOf<PaymentMethodState, PaymentMethodEvent>(initialState, evolve);
const observed =
  (part: object = {}) =>
  (state: PaymentMethodState) =>
    decideObservedAttachment(
      {
        paymentMethod: { ...aPaymentMethod(), customer: ana },
        idempotencyKey: null,
        attemptId: null,
        evidence: webhook,
        ...part,
      },
      state,
    );
const observedDetached =
  (part: object = {}) =>
  (state: PaymentMethodState) =>
    decideObservedDetachment(
      {
        paymentMethod: aPaymentMethod({ customer: null }),
        customer: ana,
        idempotencyKey: null,
        evidence: webhook,
        ...part,
      },
      state,
    );
const byNobody = attached({ attemptId: null, evidence: webhook });

describe('an attachment that Stripe tells of', () => {
  it('is recorded when nobody here asked for it', () => {
    given().when(observed()).thenRecords(byNobody);
  });

  it('is the open attempt’s when it was done under its key', () => {
    given(requested())
      .when(observed({ idempotencyKey: 'key-1' }))
      .thenRecords(attached({ evidence: webhook }));
    given(requested(), outcomeUnknown())
      .when(observed({ idempotencyKey: 'key-1' }))
      .thenRecords(attached({ evidence: webhook }));
    given(requested())
      .when(observed({ idempotencyKey: 'key-9' }))
      .thenRecords(byNobody);
  });

  it('is the attempt’s that our metadata names', () => {
    given()
      .when(observed({ attemptId: second }))
      .thenRecords(attached({ attemptId: second, evidence: webhook }));
  });

  it('overrules a rejection', () => {
    given(requested(), rejected()).when(observed()).thenRecords(byNobody);
  });

  it('is nothing new when the trail has it attached, or detached since', () => {
    given(requested(), attached()).when(observed()).thenRecords();
    given(requested(), attached(), detached).when(observed()).thenRecords();
  });
});

describe('a detachment that Stripe tells of', () => {
  const gone = (attemptId: typeof first | null): PaymentMethodEvent => ({
    type: 'PaymentMethodDetached',
    data: { paymentMethodId: pm, customer: ana, attemptId, evidence: webhook },
  });

  it('is recorded once, whoever asked for it', () => {
    given(attached()).when(observedDetached()).thenRecords(gone(null));
    given(attached(), { type: 'DetachmentRequested', data: { attemptId: first, paymentMethodId: pm, ...key } })
      .when(observedDetached({ idempotencyKey: 'key-1' }))
      .thenRecords(gone(first));
    given(attached(), detached).when(observedDetached()).thenRecords();
  });

  it('proves an attachment that the trail missed, which is recorded before it', () => {
    given().when(observedDetached()).thenRecords(byNobody, gone(null));
    given(requested())
      .when(observedDetached({ customer: ben }))
      .thenRecords(attached({ attemptId: null, customer: ben, evidence: webhook }), {
        type: 'PaymentMethodDetached',
        data: { paymentMethodId: pm, customer: ben, attemptId: null, evidence: webhook },
      });
  });
});

describe('an update that Stripe tells of', () => {
  const renewed = { ...aPaymentMethod(), card: { ...aPaymentMethod().card, expYear: 2031 } } as ReturnType<
    typeof aPaymentMethod
  >;
  const updated: PaymentMethodEvent = { type: 'PaymentMethodUpdated', data: { ...renewed, evidence: readBack } };

  it('is recorded where the trail has it otherwise', () => {
    given(attached())
      .when((state) => decideUpdate(renewed, readBack, state))
      .thenRecords(updated);
    given(attached())
      .when((state) => decideUpdate(aPaymentMethod(), readBack, state))
      .thenRecords();
  });

  it('is nothing to a payment method that is not attached', () => {
    given(requested())
      .when((state) => decideUpdate(renewed, readBack, state))
      .thenRecords();
  });
});
