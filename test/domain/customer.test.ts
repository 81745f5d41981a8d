import { describe, expect, it } from 'vitest';
import type { CustomerEvent, CustomerState } from '../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../src/domain/customer.ts';
import {
  decideCustomerDeleted,
  decideDefaultOutcome,
  decideSetDefault,
  defaultAnswerFromLookUp,
  isOvertaken,
} from '../../src/domain/customerDecisions.ts';
import type { CustomerLookUp, SetDefaultAnswer } from '../../src/domain/gatewayAnswers.ts';
import type { UnknownCause } from '../../src/domain/evidence.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import { aPaymentMethod, ben, evidence, first, other, pm, second } from './given.ts';
import { cusAna, givenOf, key, laterKey, webhook } from './requests.ts';

const given = givenOf<CustomerState, CustomerEvent>(initialCustomer, evolveCustomer);
const wish = { attemptId: first, customerId: cusAna, paymentMethodId: pm };
const asked: CustomerEvent = { type: 'DefaultPaymentMethodRequested', data: { ...wish, ...key } };
const set: CustomerEvent = { type: 'DefaultPaymentMethodSet', data: { ...wish, evidence } };
const no: CustomerEvent = {
  type: 'DefaultPaymentMethodRejected',
  data: { ...wish, reason: 'notAttachedToCustomer', stripeCode: null, evidence },
};
const unknown = (cause: UnknownCause): CustomerEvent => ({
  type: 'DefaultPaymentMethodOutcomeUnknown',
  data: { ...wish, cause, evidence },
});
const deleted: CustomerEvent = { type: 'CustomerDeleted', data: { customerId: cusAna, evidence: webhook } };
const setDefault =
  (part: object = {}) =>
  (state: CustomerState) =>
    decideSetDefault({ ...wish, ...key, ...part }, state, defaultRetryPolicy);
const conclude =
  (answer: SetDefaultAnswer, part: object = {}) =>
  (state: CustomerState) =>
    decideDefaultOutcome({ request: { ...wish, ...key, ...part }, answer, evidence }, state);

describe('setting a default payment method', () => {
  it('is requested, and by a new attempt again, also of the same payment method', () => {
    given().when(setDefault()).thenRecords(asked);
    given(asked, set)
      .when(setDefault({ attemptId: second }))
      .thenRecords({ type: 'DefaultPaymentMethodRequested', data: { ...wish, ...key, attemptId: second } });
  });

  it('under a new key is no newer wish: what was wished for in between is not overtaken by it', () => {
    const again: CustomerEvent = { type: 'DefaultPaymentMethodRequested', data: { ...wish, ...laterKey } };
    const between = new Date((Date.parse(key.requestedAt) + Date.parse(laterKey.requestedAt)) / 2).toISOString();
    const overtakes = (...events: CustomerEvent[]) =>
      isOvertaken({ ...wish, attemptId: second }, between, events.reduce(evolveCustomer, initialCustomer));
    expect(overtakes(asked, unknown('serverError'), again)).toBe(false);
    expect(overtakes(asked, set, { ...again, data: { ...again.data, attemptId: other as never } })).toBe(true);
  });

  it('is not asked for twice by one attempt, nor while another is open', () => {
    given(asked).when(setDefault()).thenRecords();
    given(asked, set).when(setDefault()).thenRecords();
    given(asked, no).when(setDefault()).thenRecords();
    const later = { ...wish, ...key, attemptId: second, paymentMethodId: other };
    given(
      asked,
      set,
      { type: 'DefaultPaymentMethodRequested', data: later },
      {
        type: 'DefaultPaymentMethodSet',
        data: { ...wish, attemptId: second, paymentMethodId: other, evidence },
      },
    )
      .when(setDefault())
      .thenRecords();
    given(asked)
      .when(setDefault({ attemptId: second, paymentMethodId: other }))
      .thenRecords();
  });

  it('is not asked for twice by one attempt that Stripe refused without a code: its key still settles it', () => {
    given(asked, unknown('refusedWithoutCode')).when(setDefault()).thenRecords();
  });

  it('is rejected where the attempt stands for another payment method, or the customer was deleted', () => {
    for (const events of [[asked], [asked, set], [asked, no]])
      given(...events)
        .when(setDefault({ paymentMethodId: other }))
        .thenRejected('attemptIdReused');
    given(deleted).when(setDefault()).thenRejected('customerDeleted');
    given(asked, set, deleted).when(setDefault()).thenRecords();
  });

  it('gets a new key where the old one is spent or 23 hours old', () => {
    const again: CustomerEvent = { type: 'DefaultPaymentMethodRequested', data: { ...wish, ...laterKey } };
    given(asked).when(setDefault(laterKey)).thenRecords(again);
    given(asked, unknown('serverError')).when(setDefault(laterKey)).thenRecords(again);
  });

  it.each(['serverError', 'unexpectedAnswer', 'unexpectedEcho', 'refusedWithoutCode'] as const)(
    'supersedes another attempt that Stripe answered, and that ended in doubt (%s)',
    (cause) => {
      const later = { ...wish, ...key, attemptId: second, paymentMethodId: other };
      const request: CustomerEvent = { type: 'DefaultPaymentMethodRequested', data: later };
      given(asked, unknown(cause)).when(setDefault(later)).thenRecords(request);
      given(asked, unknown(cause), request).when(setDefault()).thenRecords();
    },
  );

  it.each(['timeout', 'connectionLost', 'stillProcessing', 'rateLimited', 'aborted', 'unreachable'] as const)(
    'waits for another attempt that may be on its way (%s), for 23 hours',
    (cause) => {
      const later = { ...wish, attemptId: second, paymentMethodId: other };
      given(asked, unknown(cause))
        .when(setDefault({ ...later, ...key }))
        .thenRecords();
      given(asked, unknown(cause))
        .when(setDefault({ ...later, ...laterKey }))
        .thenRecords({ type: 'DefaultPaymentMethodRequested', data: { ...later, ...laterKey } });
    },
  );

  it('is not open any more once its customer was deleted', () => {
    expect([asked, deleted].reduce(evolveCustomer, initialCustomer)).toMatchObject({ isDeleted: true, open: null });
  });

  it('ends set, rejected or unknown; a doubt once, and under its own key alone', () => {
    given(asked)
      .when(conclude({ answer: 'set' }))
      .thenRecords(set);
    given(asked)
      .when(conclude({ answer: 'rejected', reason: 'notAttachedToCustomer', stripeCode: null }))
      .thenRecords(no);
    given(asked)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }))
      .thenRecords(unknown('timeout'));
    given(asked)
      .when(conclude({ answer: 'set' }, { idempotencyKey: 'old' }))
      .thenRecords();
    given(asked, set)
      .when(conclude({ answer: 'unknown', cause: 'timeout' }))
      .thenRecords();
  });
});

describe('what looks say of a default', () => {
  const customer = (part: object = {}): CustomerLookUp => ({
    look: 'found',
    isDeleted: false,
    defaultPaymentMethodId: null,
    ...part,
  });
  const theirs = { look: 'found' as const, paymentMethod: aPaymentMethod({ customer: ben }) };
  const gone = { look: 'notFound' as const };
  it.each<[string, CustomerLookUp, Parameters<typeof defaultAnswerFromLookUp>[2], object | null]>([
    ['it is the default: set', customer({ defaultPaymentMethodId: pm }), null, { answer: 'set' }],
    ['another default proves nothing', customer({ defaultPaymentMethodId: other }), null, null],
    ['a customer that is gone proves nothing while a request may be in flight', gone, null, null],
    ['a customer that is gone, after a refusal', gone, gone, { reason: 'customerNotFound' }],
    ['a deleted customer, after a refusal', customer({ isDeleted: true }), gone, { reason: 'customerNotFound' }],
    ['a payment method that is gone, after a refusal', customer(), gone, { reason: 'paymentMethodNotFound' }],
    ['another customer’s, after a refusal', customer(), theirs, { reason: 'notAttachedToCustomer' }],
    [
      'the customer’s own, after a refusal: the default stands as it stood',
      customer({ defaultPaymentMethodId: other }),
      { look: 'found', paymentMethod: aPaymentMethod() },
      { reason: 'invalidRequest' },
    ],
    [
      'the customer’s own, after a refusal, where the customer was not seen: nothing',
      { look: 'unknown', cause: 'timeout' },
      { look: 'found', paymentMethod: aPaymentMethod() },
      null,
    ],
    ['the default, after a refusal: set', customer({ defaultPaymentMethodId: pm }), theirs, { answer: 'set' }],
    ['another look that failed, after a refusal: nothing', customer(), { look: 'unknown', cause: 'timeout' }, null],
    [
      'nobody’s, after a refusal',
      customer(),
      { look: 'found', paymentMethod: aPaymentMethod({ customer: null }) },
      { reason: 'notAttachedToCustomer' },
    ],
    ['looks that failed say nothing', { look: 'unknown', cause: 'timeout' }, null, null],
  ])('%s', (_, looked, refused, expected) => {
    const answer = defaultAnswerFromLookUp({ ...wish, ...key }, looked, refused);
    if (expected === null) expect(answer).toBeNull();
    else expect(answer).toMatchObject(expected);
  });
});

it('a customer is deleted once', () => {
  given(asked)
    .when((state) => decideCustomerDeleted(cusAna, webhook, state))
    .thenRecords(deleted);
});
