import { describe, expect, it } from 'vitest';
import { decideDetach, decideDetachOutcome, detachAnswerFromLookUp } from '../../src/domain/detachmentDecisions.ts';
import type { DetachAnswer } from '../../src/domain/gatewayAnswers.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { evolve, fold, initialState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import {
  ana,
  anAttach,
  aPaymentMethod,
  attached,
  detached,
  evidence,
  first,
  outcomeUnknown,
  pm,
  requested,
  second,
} from './given.ts';
import { givenOf, key, laterKey } from './requests.ts';

const given = givenOf<PaymentMethodState, PaymentMethodEvent>(initialState, evolve);
const wish = { attemptId: second, paymentMethodId: pm };
const asked: PaymentMethodEvent = { type: 'DetachmentRequested', data: { ...wish, ...key } };
const unknown = (cause: 'timeout' | 'serverError'): PaymentMethodEvent => ({
  type: 'DetachmentOutcomeUnknown',
  data: { ...wish, cause, evidence },
});
const no: PaymentMethodEvent = {
  type: 'DetachmentRejected',
  data: { ...wish, reason: 'notAttached', stripeCode: null, evidence },
};
const detach =
  (part: object = {}) =>
  (state: PaymentMethodState) =>
    decideDetach({ ...wish, ...key, ...part }, state, defaultRetryPolicy);
const conclude =
  (answer: DetachAnswer, part: object = {}) =>
  (state: PaymentMethodState) =>
    decideDetachOutcome({ request: { ...wish, ...key, ...part }, answer, evidence }, state);

describe('detaching a payment method', () => {
  it('is requested when it is attached, and when the trail knows nothing of it', () => {
    given(requested(), attached()).when(detach()).thenRecords(asked);
    given().when(detach()).thenRecords(asked);
  });

  it('is not asked for twice: while one is open, whosever, once it is detached, and once this attempt was rejected', () => {
    given(attached(), asked).when(detach()).thenRecords();
    given(attached(), asked)
      .when(detach({ attemptId: first, idempotencyKey: 'key-9' }))
      .thenRecords();
    given(attached(), detached).when(detach()).thenRecords();
    given(attached(), asked, no).when(detach()).thenRecords();
  });

  it('is asked for again by a new attempt after a rejection', () => {
    given(attached(), asked, no)
      .when(detach({ attemptId: first }))
      .thenRecords({ type: 'DetachmentRequested', data: { ...wish, ...key, attemptId: first } });
  });

  it('gets a new key, under the attempt that is open, where the old one is spent or 23 hours old', () => {
    const again: PaymentMethodEvent = { type: 'DetachmentRequested', data: { ...wish, ...laterKey } };
    given(attached(), asked)
      .when(detach({ ...laterKey, attemptId: first }))
      .thenRecords(again);
    given(attached(), asked, unknown('serverError')).when(detach(laterKey)).thenRecords(again);
  });

  it('waits for an attach that is open: which came first, nobody could tell', () => {
    given(requested()).when(detach()).thenRejected('attachmentOpen');
    given(requested(), outcomeUnknown()).when(detach()).thenRejected('attachmentOpen');
  });
});

describe('how a detachment ended', () => {
  const isDetached: PaymentMethodEvent = {
    type: 'PaymentMethodDetached',
    data: { paymentMethodId: pm, customer: ana, attemptId: second, evidence },
  };

  it('is recorded, with whom it was attached to', () => {
    given(attached(), asked)
      .when(conclude({ answer: 'detached' }))
      .thenRecords(isDetached);
    given(attached(), asked, unknown('timeout'))
      .when(conclude({ answer: 'detached' }))
      .thenRecords(isDetached);
  });

  it('is recorded of one that the trail knew attached to nobody', () => {
    given(asked)
      .when(conclude({ answer: 'detached' }))
      .thenRecords({
        type: 'PaymentMethodDetached',
        data: { paymentMethodId: pm, customer: null, attemptId: second, evidence },
      });
  });

  it('is recorded as a rejection, and leaves the payment method as it stood', () => {
    given(attached(), asked)
      .when(conclude({ answer: 'rejected', reason: 'notAttached', stripeCode: null }))
      .thenRecords(no);
    expect(fold([attached(), asked, no])).toMatchObject({ status: 'attached', detachment: null });
  });

  it('is recorded as a doubt once, and never over what is known', () => {
    given(attached(), asked)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }))
      .thenRecords(unknown('timeout'));
    given(attached(), detached)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }))
      .thenRecords();
  });

  it('is the end of the attempt that stands under its key, whoever asked: a failover may have put one before another', () => {
    given(attached(), asked)
      .when(conclude({ answer: 'rejected', reason: 'notAttached', stripeCode: null }, { attemptId: first }))
      .thenRecords(no);
    given(attached(), asked)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }, { attemptId: first }))
      .thenRecords(unknown('timeout'));
  });

  it('says nothing of the request that is out under another key', () => {
    given(attached(), asked)
      .when(conclude({ answer: 'rejected', reason: 'notAttached', stripeCode: null }, { idempotencyKey: 'old' }))
      .thenRecords();
  });
});

describe('what a look says of a detachment', () => {
  const isAttached = fold([requested(), attached(), asked]);
  const unheardOf = fold([asked]);
  const free = { look: 'found' as const, paymentMethod: aPaymentMethod({ customer: null }) };
  const held = { look: 'found' as const, paymentMethod: aPaymentMethod() };

  it.each([
    ['no customer where it was attached: it is detached', isAttached, free, false, { answer: 'detached' }],
    ['no customer of one nobody knew attached proves nothing', unheardOf, free, false, null],
    ['no customer after a refusal: there was nothing to detach', unheardOf, free, true, { reason: 'notAttached' }],
    [
      'not there after a refusal: there is none to detach',
      isAttached,
      { look: 'notFound' as const },
      true,
      { reason: 'paymentMethodNotFound' },
    ],
    ['a customer proves nothing while a request may be in flight', isAttached, held, false, null],
    ['a customer after a refusal: it stays', isAttached, held, true, { reason: 'invalidRequest' }],
    ['not there proves nothing', isAttached, { look: 'notFound' as const }, false, null],
    [
      'a look that failed says nothing',
      isAttached,
      { look: 'unknown' as const, cause: 'timeout' as const },
      true,
      null,
    ],
  ])('%s', (_, state, look, refused, expected) => {
    const answer = detachAnswerFromLookUp(state, look, refused);
    const rejected = { answer: 'rejected', stripeCode: null };
    expect(answer).toEqual(expected !== null && 'reason' in expected ? { ...rejected, ...expected } : expected);
  });
});

it('an attach of another attempt does not disturb an open detachment', () => {
  expect(fold([attached(), asked, requested(anAttach({ attemptId: first }))]).detachment).not.toBeNull();
});
