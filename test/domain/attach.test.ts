import { describe, expect, it } from 'vitest';
import { decideAttach } from '../../src/domain/decisions.ts';
import { fold } from '../../src/domain/paymentMethod.ts';
import {
  alias,
  ana,
  anaAccount,
  anAttach,
  attached,
  ben,
  detached,
  detachmentAsked,
  given,
  outcomeUnknown,
  pm,
  refused,
  rejected,
  requested,
  second,
} from './given.ts';

const attach =
  (part: Parameters<typeof anAttach>[0] = {}) =>
  (state: Parameters<typeof decideAttach>[1]) =>
    decideAttach(anAttach(part), state);

const cloned = {
  type: 'PaymentMethodCloned' as const,
  data: { attemptId: anAttach().attemptId, paymentMethodId: alias, customer: ana, cloneId: pm },
};

describe('attaching a payment method', () => {
  it('is requested when nobody asked before', () => {
    given().when(attach()).thenRecords(requested());
  });

  it('is requested for a customer account as well', () => {
    given()
      .when(attach({ customer: anaAccount }))
      .thenRecords(requested({ customer: anaAccount }));
  });

  it('is requested again by a new attempt after a rejection', () => {
    given(requested(), rejected())
      .when(attach({ attemptId: second }))
      .thenRecords(requested({ attemptId: second }));
  });

  const alreadySo = {
    'while the same attempt is open': [requested()],
    'while another attempt for the same customer is open': [requested({ attemptId: second })],
    'while the outcome is unknown': [requested(), outcomeUnknown()],
    'when it is attached to this customer': [requested(), attached()],
    'when this attempt was rejected': [requested(), rejected()],
    'when this attempt was rejected and a later one attached it': [
      requested(),
      rejected(),
      requested({ attemptId: second }),
      attached({ attemptId: second }),
    ],
  };
  for (const [situation, events] of Object.entries(alreadySo)) {
    it(`records nothing ${situation}`, () => {
      given(...events)
        .when(attach())
        .thenRecords();
    });
  }

  it('is refused when it is attached to another customer', () => {
    given(requested(), attached())
      .when(attach({ customer: ben, attemptId: second }))
      .thenRecords(refused('attachedToAnotherCustomer', { customer: ben }));
  });

  it('is refused while it is being attached to another customer', () => {
    given(requested())
      .when(attach({ customer: ben, attemptId: second }))
      .thenRecords(refused('attachingToAnotherCustomer', { customer: ben }));
    given(requested(), outcomeUnknown())
      .when(attach({ customer: ben, attemptId: second }))
      .thenRecords(refused('attachingToAnotherCustomer', { customer: ben }));
  });

  it('tells a customer from an account of the same spelling', () => {
    given(requested())
      .when(attach({ customer: anaAccount, attemptId: second }))
      .thenRecords(refused('attachingToAnotherCustomer', { customer: anaAccount }));
  });

  it('is refused when it was detached, also for the same customer', () => {
    given(requested(), attached(), detached)
      .when(attach({ attemptId: second }))
      .thenRecords(refused('detached'));
  });

  it('is nothing more to ask for by the attempt that had attached it, before it was detached', () => {
    given(requested(), attached(), detached).when(attach()).thenRecords();
  });

  it('gets the same refusal again, also when the way is clear by then, and leaves the payment method as it was', () => {
    const no = refused('attachingToAnotherCustomer', { customer: ben });
    given(requested(), no, rejected())
      .when(attach({ customer: ben, attemptId: second }))
      .thenRecords();
    expect(fold([requested(), no]).status).toBe('attaching');
  });

  it('is refused when the attempt id stands for another customer', () => {
    given(requested())
      .when(attach({ customer: ben }))
      .thenRejected('attemptIdReused');
    given(requested(), rejected())
      .when(attach({ customer: ben }))
      .thenRejected('attemptIdReused');
    given(requested(), attached())
      .when(attach({ customer: ben }))
      .thenRejected('attemptIdReused');
    given(requested({ paymentMethodId: alias }), cloned)
      .when(attach({ customer: ben, paymentMethodId: alias }))
      .thenRejected('attemptIdReused');
  });

  it('waits for a detachment that is open, unless the attempt has its answer', () => {
    given(detachmentAsked).when(attach()).thenRejected('detachmentOpen');
    given(requested(), rejected(), detachmentAsked)
      .when(attach({ attemptId: second }))
      .thenRejected('detachmentOpen');
    given(requested(), rejected(), detachmentAsked).when(attach()).thenRecords();
    given(requested(), attached(), detachmentAsked)
      .when(attach({ attemptId: second }))
      .thenRecords();
  });

  it('records nothing more on a test alias whose clone has its own stream', () => {
    given(requested({ paymentMethodId: alias }), cloned)
      .when(attach({ paymentMethodId: alias }))
      .thenRecords();
  });
});
