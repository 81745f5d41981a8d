import { describe, expect, it } from 'vitest';
import { repeatsRefusal } from '../../src/domain/decisions.ts';
import {
  customerAmong,
  isSetupIntentId,
  isCustomerId,
  isAccountId,
  isAttemptId,
} from '../../src/domain/identifiers.ts';
import { decideObservedDetachment, expectedCustomer } from '../../src/domain/observations.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import { fold } from '../../src/domain/paymentMethod.ts';
import {
  alias,
  ana,
  anaAccount,
  anAttach,
  aPaymentMethod,
  attached,
  ben,
  detached,
  evidence,
  first,
  outcomeUnknown,
  pm,
  refused,
  rejected,
  requested,
} from './given.ts';
import { webhook } from './requests.ts';

describe('whom the trail expects a payment method to belong to', () => {
  const cloned: PaymentMethodEvent = {
    type: 'PaymentMethodCloned',
    data: { attemptId: first, paymentMethodId: alias, customer: ben, cloneId: pm },
  };
  it.each<[string, readonly PaymentMethodEvent[], typeof ana | null]>([
    ['nobody, of one it never met', [], null],
    ['whom it is being attached to', [requested({ customer: ben })], ben],
    ['whom it may be attached to', [requested({ customer: ben }), outcomeUnknown()], ben],
    ['whom it is attached to', [attached({ customer: ben })], ben],
    ['whom its clone is attached to', [requested(), cloned], ben],
    ['whom Stripe would not attach it to', [requested(), rejected({ customer: ben })], ben],
    ['whom it was attached to', [attached(), detached], ana],
  ])('%s', (_, events, customer) => {
    expect(expectedCustomer(fold(events))).toEqual(customer);
  });
});

describe('a customer who is an account as well', () => {
  it('goes by the name that is expected, and else by the first', () => {
    expect(customerAmong([ana, anaAccount], anaAccount)).toEqual(anaAccount);
    expect(customerAmong([ana, anaAccount], ana)).toEqual(ana);
    for (const expected of [ben, null, undefined]) expect(customerAmong([ana, anaAccount], expected)).toEqual(ana);
    expect(customerAmong([], ana)).toBeNull();
  });

  it('is detached under the name it was being attached by', () => {
    const seen = { paymentMethod: aPaymentMethod({ customer: null }), idempotencyKey: null, evidence: webhook };
    const both = { ...seen, customer: ana, alsoNamed: anaAccount };
    const state = fold([requested({ customer: anaAccount })]);
    expect(decideObservedDetachment(both, state).events).toMatchObject([
      { type: 'PaymentMethodAttached', data: { customer: anaAccount, attemptId: first } },
      { type: 'PaymentMethodDetached', data: { customer: anaAccount } },
    ]);
    expect(decideObservedDetachment({ ...both, customer: null }, state).events).toMatchObject([
      { type: 'PaymentMethodDetached', data: { customer: null } },
    ]);
  });
});

describe('a refusal', () => {
  const repeats = (part: Parameters<typeof anAttach>[0], ...events: readonly PaymentMethodEvent[]) =>
    repeatsRefusal(anAttach(part), 'detached', fold([attached(), detached, ...events]));

  it('is said again where the last one was for the same reason, of the same customer', () => {
    expect(repeats({}, refused('detached'))).toBe(true);
    expect(repeats({ customer: ben }, refused('detached'))).toBe(false);
    expect(repeats({}, refused('attachedToAnotherCustomer'))).toBe(false);
    expect(repeats({}, refused('detached'), refused('detached', { customer: ben }))).toBe(false);
    expect(repeats({})).toBe(false);
  });
});

describe('ids that are right', () => {
  const longest = 'a'.repeat(250);
  it.each([
    ['a customer’s', isCustomerId, ['cus_1', 'cus_Ab_9', `cus_${longest}`], ['xcus_1', `cus_${longest}a`, 'pm_1']],
    ['an account’s', isAccountId, ['acct_1', `acct_${longest}`], ['xacct_1', `acct_${longest}a`, 'cus_1']],
    [
      'a SetupIntent’s',
      isSetupIntentId,
      ['seti_1', `seti_${longest}`],
      ['', 'seti_', 'xseti_1', 'seti_1/x', `seti_${longest}a`, 'pm_1'],
    ],
    ['an attempt’s', isAttemptId, ['a', 'order-1.try:2_b', 'x'.repeat(100)], ['', 'a b', '/a', 'a/', 'é']],
  ])('are %s, and nothing else is', (_, isId, right, wrong) => {
    expect(right.filter((id) => !isId(id))).toEqual([]);
    expect(wrong.filter((id) => isId(id))).toEqual([]);
  });
});

it('a payment method is detached of what the trail knew, however often it was asked for', () => {
  const state = fold([attached({ customer: ben })]);
  const seen = { paymentMethod: aPaymentMethod({ customer: null }), idempotencyKey: null, evidence };
  expect(decideObservedDetachment({ ...seen, customer: ana }, state).events).toMatchObject([
    { type: 'PaymentMethodDetached', data: { customer: ben } },
  ]);
});
