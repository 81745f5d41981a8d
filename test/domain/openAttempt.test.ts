import { describe, expect, it } from 'vitest';
import type { LookUp } from '../../src/domain/answers.ts';
import { answerFromLookUp, isWorthALook } from '../../src/domain/answers.ts';
import { decideRenewKey, decideRequestAgain, isLeftOpen } from '../../src/domain/decisions.ts';
import { isPastAsking } from '../../src/domain/attempts.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import type { UnknownCause } from '../../src/domain/evidence.ts';
import { fold, isOpen } from '../../src/domain/paymentMethod.ts';
import {
  alias,
  ana,
  anaAccount,
  anAttach,
  aPaymentMethod,
  attached,
  detachmentAsked,
  ben,
  given,
  outcomeUnknown,
  pm,
  rejected,
  requested,
  second,
} from './given.ts';

const at = (hours: number, seconds = 0) => new Date(Date.UTC(2025, 10, 23, 12 + hours, 0, seconds)).toISOString();
const renew = (renewedAt: string) => (state: PaymentMethodState) =>
  decideRenewKey({ idempotencyKey: 'key-2', apiVersion: '2025-10-29.clover', renewedAt }, state, defaultRetryPolicy);
const renewed = (renewedAt: string) => ({
  type: 'IdempotencyKeyRenewed' as const,
  data: {
    attemptId: anAttach().attemptId,
    paymentMethodId: pm,
    customer: ana,
    idempotencyKey: 'key-2',
    apiVersion: '2025-10-29.clover',
    renewedAt,
  },
});

describe('the key of an open attempt', () => {
  it('is kept while it is younger than 23 hours', () => {
    given(requested())
      .when(renew(at(22, 3599)))
      .thenRecords();
    given(requested(), outcomeUnknown())
      .when(renew(at(22, 3599)))
      .thenRecords();
  });

  it('is renewed at 23 hours, under the 24 that Stripe keeps it', () => {
    given(requested())
      .when(renew(at(23)))
      .thenRecords(renewed(at(23)));
  });

  it('is renewed at once when Stripe saved a server error under it', () => {
    given(requested(), outcomeUnknown({ cause: 'serverError' }))
      .when(renew(at(0, 1)))
      .thenRecords(renewed(at(0, 1)));
  });

  it('is renewed at once when what Stripe may have saved under it settles nothing', () => {
    for (const cause of ['unexpectedAnswer', 'unexpectedEcho'] as const) {
      given(requested(), outcomeUnknown({ cause }))
        .when(renew(at(0, 1)))
        .thenRecords(renewed(at(0, 1)));
    }
  });

  it('stays spent when a later look fails for another cause', () => {
    given(requested(), outcomeUnknown({ cause: 'serverError' }), outcomeUnknown({ cause: 'unreachable' }))
      .when(renew(at(0, 1)))
      .thenRecords(renewed(at(0, 1)));
  });

  it('is kept when it is a look that met a server error', () => {
    const readBack = { source: 'readBack' as const, requestId: null, tries: [] };
    given(requested(), outcomeUnknown({ cause: 'serverError', evidence: readBack }))
      .when(renew(at(0, 1)))
      .thenRecords();
  });

  it('is never renewed on a test alias, of which each key makes another payment method', () => {
    given(requested({ paymentMethodId: alias }))
      .when(renew(at(30)))
      .thenRecords();
  });

  it('has its age counted from the renewal', () => {
    given(requested(), renewed(at(23)))
      .when(renew(at(45)))
      .thenRecords();
  });

  it('is not renewed once the outcome is known', () => {
    given(requested(), rejected())
      .when(renew(at(30)))
      .thenRecords();
  });

  it('is followed by an attempt that still knows when it was asked for', () => {
    const state = fold([requested(), renewed(at(23))]);
    expect(state).toMatchObject({
      status: 'attaching',
      attempt: { idempotencyKey: 'key-2', requestedAt: at(0), keyMadeAt: at(23) },
    });
  });
});

describe('a test alias', () => {
  const state = fold([requested({ paymentMethodId: alias })]);
  const isPast = (now: string) => isOpen(state) && isPastAsking(state, now, defaultRetryPolicy);
  it('is not asked for again once Stripe may have forgotten the key', () => {
    expect(isPast(at(22, 3599))).toBe(false);
    expect(isPast(at(23))).toBe(true);
  });
});

describe('an attempt that a failover took from the trail', () => {
  const attempt = () => {
    const state = fold([requested(), renewed(at(23))]);
    if (!isOpen(state)) throw new TypeError(state.status);
    return state.attempt;
  };
  const again = (state: PaymentMethodState) => decideRequestAgain(attempt(), state);

  it('is requested again under its present key', () => {
    const expected = requested({ idempotencyKey: 'key-2' });
    given().when(again).thenRecords(expected);
    given(requested({ attemptId: second }), rejected({ attemptId: second }))
      .when(again)
      .thenRecords(expected);
  });

  it('is requested again with its wish for the default', () => {
    const state = fold([requested({ setAsDefault: true })]);
    if (!isOpen(state)) throw new TypeError(state.status);
    given()
      .when((now) => decideRequestAgain(state.attempt, now))
      .thenRecords(requested({ setAsDefault: true }));
  });

  it('is left as it is where the trail knows it, or went on without it', () => {
    given(requested()).when(again).thenRecords();
    given(requested(), rejected()).when(again).thenRecords();
    given(requested(), attached()).when(again).thenRecords();
    given(requested({ attemptId: second }))
      .when(again)
      .thenRecords();
    given(detachmentAsked).when(again).thenRecords();
  });
});

describe('whether a call finishes an attempt that is open', () => {
  const other = anAttach({ attemptId: second, requestedAt: at(0, 29) });
  it.each([
    ['its own attempt, at once', anAttach(), [requested()], true],
    ['another’s that is 29 s old: it is probably in flight', other, [requested()], false],
    ['another’s that is 30 s old: a crash left it', { ...other, requestedAt: at(0, 30) }, [requested()], true],
    ['another’s whose outcome is unknown', other, [requested(), outcomeUnknown()], true],
    [
      'another’s that Stripe is still processing: it is in flight',
      other,
      [requested(), outcomeUnknown({ cause: 'stillProcessing' })],
      false,
    ],
    ['another customer’s, never', { ...other, customer: ben, requestedAt: at(9) }, [requested()], false],
    [
      'another’s, when its own was rejected before',
      anAttach({ requestedAt: at(9) }),
      [requested(), rejected(), requested({ attemptId: second })],
      false,
    ],
    ['none, when there is none', anAttach(), [], false],
  ])('%s', (_, command, events, expected) => {
    expect(isLeftOpen(command, fold(events), defaultRetryPolicy)).toBe(expected);
  });
});

describe('what a look at Stripe says of an attempt', () => {
  const found = (customer: typeof ana | null): LookUp => ({
    look: 'found',
    paymentMethod: aPaymentMethod({ customer }),
  });
  const rejection = (reason: string) => ({ answer: 'rejected', reason, stripeCode: null, declineCode: null });

  it.each<[string, LookUp, boolean, object | null]>([
    ['our customer proves success', found(ana), false, { answer: 'attached' }],
    ['our customer proves success, also after a refusal', found(ana), true, { answer: 'attached' }],
    ['another customer proves that it can never be ours', found(ben), false, rejection('attachedToAnotherCustomer')],
    ['an account of the same customer is another', found(anaAccount), false, rejection('attachedToAnotherCustomer')],
    ['no customer proves nothing while a request may be in flight', found(null), false, null],
    ['no customer after a refusal: it cannot be attached', found(null), true, rejection('notAttachable')],
    ['not there proves nothing while a request may be in flight', { look: 'notFound' }, false, null],
    ['not there after a refusal: there is none', { look: 'notFound' }, true, rejection('paymentMethodNotFound')],
    ['a look that failed says nothing', { look: 'unknown', cause: 'timeout' }, true, null],
  ])('%s', (_, look, refused, expected) => {
    const answer = answerFromLookUp(ana, look, refused);
    if (expected === null) expect(answer).toBeNull();
    else expect(answer).toMatchObject(expected);
  });

  it('is asked for unless nothing can be reached, or should be sent', () => {
    const worth = (cause: UnknownCause) => isWorthALook({ answer: 'unknown', cause });
    expect(['aborted', 'unreachable', 'rateLimited'].map((cause) => worth(cause as UnknownCause))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['timeout', 'stillProcessing', 'refusedWithoutCode'].map((cause) => worth(cause as UnknownCause))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isWorthALook({ answer: 'attached', paymentMethod: aPaymentMethod() })).toBe(false);
  });
});
