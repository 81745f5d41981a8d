import { describe, expect, it } from 'vitest';
import { customerOfAttempt, isInFlight, rejectionOf, wishedDefault } from '../../src/domain/attempts.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import { fold, isOpen } from '../../src/domain/paymentMethod.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import {
  alias,
  ana,
  anaAccount,
  attached,
  ben,
  evidence,
  first,
  other,
  outcomeUnknown,
  pm,
  refused,
  rejected,
  requested,
  second,
} from './given.ts';

const cloned: PaymentMethodEvent = {
  type: 'PaymentMethodCloned',
  data: { attemptId: first, paymentMethodId: alias, customer: ana, cloneId: other },
};
const attributed: PaymentMethodEvent = {
  type: 'AttachmentAttributed',
  data: { paymentMethodId: pm, attemptId: first, clonedFrom: null, evidence },
};
const detachedBySecond: PaymentMethodEvent = {
  type: 'PaymentMethodDetached',
  data: { paymentMethodId: pm, customer: ana, attemptId: second, evidence },
};
const byNobody = attached({ attemptId: null });

describe('the customer that an attempt’s id stands for', () => {
  it.each<[string, readonly PaymentMethodEvent[], typeof ana | null]>([
    ['is nobody where the trail has not met it', [], null],
    ['is whom it asks for', [requested()], ana],
    ['is whom it asks for, in doubt as well', [requested(), outcomeUnknown()], ana],
    ['is none of another attempt’s, open', [requested({ attemptId: second })], null],
    ['is whom it attached it to', [requested(), attached()], ana],
    ['is none of another attempt’s, attached', [attached({ attemptId: second })], null],
    ['is whom it made the clone for', [requested({ paymentMethodId: alias }), cloned], ana],
    ['is whom it had attached it to, before it was detached', [attached(), detachedBySecond], ana],
    ['is nobody where another attached what is detached', [byNobody, detachedBySecond], null],
    ['is whom it was rejected for', [requested(), rejected()], ana],
  ])('%s', (_, events, customer) => {
    expect(customerOfAttempt(first, fold(events))).toEqual(customer);
  });

  it('is whom it was refused for, whoever has it', () => {
    const events = [attached(), refused('attachedToAnotherCustomer', { customer: ben })];
    expect(customerOfAttempt(second, fold(events))).toEqual(ben);
  });

  it('is nobody’s by a detachment: whoever detaches it names no customer', () => {
    expect(customerOfAttempt(second, fold([attached(), detachedBySecond]))).toBeNull();
  });
});

describe('the no that an attempt got', () => {
  it('is Stripe’s, or the trail’s own', () => {
    expect(rejectionOf(first, fold([requested(), rejected()]))).toMatchObject({ reason: 'cardDeclined' });
    expect(rejectionOf(second, fold([attached(), refused('detached')]))).toMatchObject({ reason: 'detached' });
  });

  it('is its own, and none of another attempt’s', () => {
    const events = [requested(), rejected(), requested({ attemptId: second })];
    expect(rejectionOf(second, fold(events))).toBeNull();
    expect(rejectionOf(first, fold([...events, attached({ attemptId: second })]))).not.toBeNull();
  });

  it('is none any more once it turns out to be the attempt that attached it', () => {
    expect(rejectionOf(first, fold([requested(), rejected(), byNobody]))).not.toBeNull();
    expect(rejectionOf(first, fold([requested(), rejected(), byNobody, attributed]))).toBeNull();
  });

  it('stands once what it had attached is detached: it was refused for that', () => {
    const events = [attached({ attemptId: second }), detachedBySecond, refused('detached')];
    expect(rejectionOf(second, fold(events))).toMatchObject({ reason: 'detached' });
  });
});

describe('the default that an attempt wished for', () => {
  const wishing = requested({ setAsDefault: true });
  const wish = { customerId: ana.id, attemptId: first };
  const toAccount = { customer: anaAccount, setAsDefault: true };

  it('is what it attached', () => {
    expect(wishedDefault(fold([wishing, attached()]))).toEqual({ ...wish, paymentMethodId: pm });
  });

  it('is the clone that Stripe made of a test alias', () => {
    expect(wishedDefault(fold([wishing, cloned]))).toEqual({ ...wish, paymentMethodId: other });
  });

  it.each<[string, readonly PaymentMethodEvent[]]>([
    ['nothing was asked for', []],
    ['it is not attached yet', [wishing]],
    ['nobody wished for it', [requested(), attached()]],
    ['another attempt than the wishing one attached it', [wishing, attached({ attemptId: second })]],
    ['it was found attached, by nobody here', [wishing, byNobody]],
    ['it is detached since', [wishing, attached(), detachedBySecond]],
    ['it is an account’s, which has no default', [requested(toAccount), attached({ customer: anaAccount })]],
  ])('is none where %s', (_, events) => {
    expect(wishedDefault(fold(events))).toBeNull();
  });
});

describe('an open attempt', () => {
  const isFlying = (now: string, ...events: readonly PaymentMethodEvent[]) => {
    const state = fold([requested(), ...events]);
    return isOpen(state) && isInFlight(state, now, defaultRetryPolicy);
  };

  it('is taken to be in flight for half a minute, and no longer', () => {
    expect(isFlying('2025-11-23T12:00:29.999Z')).toBe(true);
    expect(isFlying('2025-11-23T12:00:30.000Z')).toBe(false);
  });

  it('is not in flight once it ended in doubt, unless Stripe is still at it', () => {
    expect(isFlying('2025-11-23T12:00:01.000Z', outcomeUnknown({ cause: 'timeout' }))).toBe(false);
    expect(isFlying('2025-11-23T12:00:01.000Z', outcomeUnknown({ cause: 'stillProcessing' }))).toBe(true);
  });
});
