import { describe, expect, it } from 'vitest';
import type { CustomerEvent, CustomerState } from '../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../src/domain/customer.ts';
import {
  decideCustomerDeleted,
  decideDefaultOutcome,
  decideSetDefault,
  decideWish,
  defaultAnswerFromLookUp,
} from '../../src/domain/customerDecisions.ts';
import type { CustomerLookUp, SetDefaultAnswer } from '../../src/domain/gatewayAnswers.ts';
import type { UnknownCause } from '../../src/domain/evidence.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import { aPaymentMethod, alias, anaAccount, anAttach, ben, evidence, first, other, pm, second } from './given.ts';
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
/** When nothing can land any more of what went out under the first key. */
const landedKey = { ...laterKey, requestedAt: '2025-11-24T13:00:00.000Z' };
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

  it('is wished for with an attach that is asked for, once, and not where it is no customer’s or the customer is gone', () => {
    const wishes =
      (part: object = {}) =>
      (state: CustomerState) =>
        decideWish(anAttach({ setAsDefault: true, ...part }), state);
    const { requestedAt: wishedAt } = anAttach();
    const wished: CustomerEvent = { type: 'DefaultPaymentMethodWished', data: { ...wish, wishedAt } };
    given().when(wishes()).thenRecords(wished);
    given(wished).when(wishes()).thenRecords();
    given(asked, set).when(wishes()).thenRecords();
    given(wished, asked).when(wishes()).thenRecords();
    given()
      .when(wishes({ setAsDefault: false }))
      .thenRecords();
    given()
      .when(wishes({ customer: anaAccount }))
      .thenRecords();
    given(deleted).when(wishes()).thenRecords();
    given(wished)
      .when(wishes({ paymentMethodId: other }))
      .thenRecords({ ...wished, data: { ...wished.data, paymentMethodId: other } });
    given(asked, set)
      .when(wishes({ attemptId: second }))
      .thenRecords({ ...wished, data: { ...wished.data, attemptId: second } });
  });

  it('that a later wish was asked for after is answered: it is not asked for any more', () => {
    const wished: CustomerEvent = {
      type: 'DefaultPaymentMethodWished',
      data: { ...wish, wishedAt: key.requestedAt },
    };
    const later: CustomerEvent = {
      type: 'DefaultPaymentMethodRequested',
      data: { ...wish, ...key, attemptId: second, paymentMethodId: other },
    };
    given(wished, later).when(setDefault()).thenRecords();
    given(wished).when(setDefault()).thenRecords(asked);
  });

  it('that a later wish came after says nothing of another payment method that its attempt asks for', () => {
    const wished: CustomerEvent = { type: 'DefaultPaymentMethodWished', data: { ...wish, wishedAt: key.requestedAt } };
    const later = { ...wish, attemptId: second };
    const laterAsked: CustomerEvent = { type: 'DefaultPaymentMethodRequested', data: { ...later, ...key } };
    const laterSet: CustomerEvent = { type: 'DefaultPaymentMethodSet', data: { ...later, evidence } };
    given(wished, laterAsked, laterSet)
      .when(setDefault({ paymentMethodId: other }))
      .thenRecords({ type: 'DefaultPaymentMethodRequested', data: { ...wish, ...key, paymentMethodId: other } });
    given(asked, laterAsked, laterSet)
      .when(setDefault({ paymentMethodId: other }))
      .thenRejected('attemptIdReused');
  });

  it('of a test alias is asked for, though one of its attempt’s before it was declined, and superseded', () => {
    const wished = (paymentMethodId: typeof pm, attemptId = first): CustomerEvent => ({
      type: 'DefaultPaymentMethodWished',
      data: { ...wish, attemptId, paymentMethodId, wishedAt: key.requestedAt },
    });
    const later = { ...wish, attemptId: second, paymentMethodId: other };
    const laterEvents: readonly CustomerEvent[] = [
      { type: 'DefaultPaymentMethodRequested', data: { ...later, ...key } },
      { type: 'DefaultPaymentMethodSet', data: { ...later, evidence } },
    ];
    given(wished(alias), wished(other, second), wished(pm), ...laterEvents)
      .when(setDefault())
      .thenRecords(asked);
    given(wished(alias), ...laterEvents)
      .when((state) => decideWish(anAttach({ setAsDefault: true }), state))
      .thenRecords({ ...wished(pm), data: { ...wish, wishedAt: anAttach().requestedAt } } as CustomerEvent);
  });

  it('of a test alias stands for what Stripe made of it', () => {
    const wished: CustomerEvent = {
      type: 'DefaultPaymentMethodWished',
      data: { ...wish, paymentMethodId: alias, wishedAt: key.requestedAt },
    };
    given(wished).when(setDefault()).thenRecords(asked);
    const later: CustomerEvent = {
      type: 'DefaultPaymentMethodRequested',
      data: { ...wish, ...key, attemptId: second },
    };
    given(wished, later).when(setDefault()).thenRecords();
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

  it('is rejected where the attempt stands for another payment method, or the customer was deleted', () => {
    for (const events of [[asked], [asked, set], [asked, no]])
      given(...events)
        .when(setDefault({ paymentMethodId: other }))
        .thenRejected('attemptIdReused');
    given(deleted).when(setDefault()).thenRejected('customerDeleted');
    given(asked, set, deleted).when(setDefault()).thenRecords();
  });

  it('gets a new key where Stripe has answered under the old one, or that cannot land any more', () => {
    const again = (of: typeof key): CustomerEvent => ({
      type: 'DefaultPaymentMethodRequested',
      data: { ...wish, ...of },
    });
    given(asked).when(setDefault(laterKey)).thenRecords();
    given(asked).when(setDefault(landedKey)).thenRecords(again(landedKey));
    for (const cause of ['serverError', 'refusedWithoutCode'] as const)
      given(asked, unknown(cause)).when(setDefault(laterKey)).thenRecords(again(laterKey));
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
    'waits for another attempt that may be on its way (%s), for 25 hours',
    (cause) => {
      const later = { ...wish, attemptId: second, paymentMethodId: other };
      given(asked, unknown(cause))
        .when(setDefault({ ...later, ...key }))
        .thenRecords();
      given(asked, unknown(cause))
        .when(setDefault({ ...later, ...laterKey }))
        .thenRecords();
      given(asked, unknown(cause))
        .when(setDefault({ ...later, ...landedKey }))
        .thenRecords({ type: 'DefaultPaymentMethodRequested', data: { ...later, ...landedKey } });
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
