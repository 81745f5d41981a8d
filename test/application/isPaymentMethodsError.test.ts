import { describe, expect, it } from 'vitest';
import { isPaymentMethodsError, PaymentMethodsError } from '../../src/application/errors.ts';

/** As another copy of the package would throw it. */
const ofAnotherCopy = Object.assign(new Error('closed'), { name: 'PaymentMethodsError', code: 'CLOSED' });

describe('an error of this module', () => {
  it('is known as one, and by its code', () => {
    for (const error of [new PaymentMethodsError('CLOSED', 'closed'), ofAnotherCopy]) {
      expect(isPaymentMethodsError(error)).toBe(true);
      expect(isPaymentMethodsError(error, 'CLOSED')).toBe(true);
      expect(isPaymentMethodsError(error, 'CONTENTION')).toBe(false);
    }
  });

  it.each([
    ['an error of the database, which has a code as well', Object.assign(new Error('x'), { code: 'CLOSED' })],
    ['an error of its name without a code', Object.assign(new Error('x'), { name: 'PaymentMethodsError' })],
    ['an object that looks like one', { name: 'PaymentMethodsError', code: 'CLOSED' }],
    ['a text', 'PaymentMethodsError'],
    ['nothing', undefined],
  ])('is not taken for %s', (_, thrown) => {
    expect(isPaymentMethodsError(thrown)).toBe(false);
    expect(isPaymentMethodsError(thrown, 'CLOSED')).toBe(false);
  });

  it('has details, and a cause where there is one alone', () => {
    const cause = new Error('the socket closed');
    expect(new PaymentMethodsError('CLOSED', 'closed', { cause, details: { attemptId: 'a-1' } })).toMatchObject({
      cause,
      details: { attemptId: 'a-1' },
    });
    const bare = new PaymentMethodsError('CLOSED', 'closed');
    expect(bare.details).toEqual({});
    expect('cause' in bare).toBe(false);
  });
});
