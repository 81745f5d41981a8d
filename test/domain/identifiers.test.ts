import { describe, expect, it } from 'vitest';
import {
  isAccountId,
  isAttemptId,
  isCustomerId,
  isPaymentMethodId,
  isTestAlias,
} from '../../src/domain/identifiers.ts';

const hostile = [
  '',
  'pm_',
  '../customers/cus_1',
  'pm_1/../x',
  'pm_1%2e',
  'pm_1\u0000',
  'pm_1\n',
  ' pm_1',
  'pm-1',
  'PM_1',
  `pm_${'a'.repeat(251)}`,
  'pm_é',
];

describe('ids', () => {
  it.each(['pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'pm_card_visa', 'card_1', 'src_1', 'ba_1', `pm_${'a'.repeat(250)}`])(
    'a payment method is called %s',
    (id) => {
      expect(isPaymentMethodId(id)).toBe(true);
    },
  );

  it.each([...hostile, 'cus_1', 'tok_visa'])('no payment method is called %j', (id) => {
    expect(isPaymentMethodId(id)).toBe(false);
  });

  it.each(hostile.map((id) => id.replace('pm_', 'cus_')))('no customer is called %j', (id) => {
    expect(isCustomerId(id)).toBe(false);
  });

  it.each(hostile.map((id) => id.replace('pm_', 'acct_')))('no account is called %j', (id) => {
    expect(isAccountId(id)).toBe(false);
  });

  it.each(['', 'a b', 'a/b', 'a\u0000', 'x'.repeat(101)])('no attempt is called %j', (id) => {
    expect(isAttemptId(id)).toBe(false);
  });

  it('tells an alias from a payment method', () => {
    const isAlias = (id: string) => isPaymentMethodId(id) && isTestAlias(id);
    expect(['pm_card_visa', 'pm_card_visa_chargeDeclined', 'pm_card_threeDSecure2Required'].map(isAlias)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'card_1', 'pm_cardx', 'card_pm_card_visa'].map(isAlias)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
