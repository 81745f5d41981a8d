import { expect, it } from 'vitest';
import { attachResult } from '../../../src/application/useCases/results.ts';
import { fold } from '../../../src/domain/paymentMethod.ts';
import { isAttemptId } from '../../../src/domain/identifiers.ts';
import { anAttach, ben, first, rejected, requested, second } from '../../domain/given.ts';

const wish = anAttach({ idempotencyKey: 'key-3' });
const third = attemptIdOf('attempt-3');
const byBen = { attemptId: second, customer: ben };

it('an attach that waited for another attempt has its answer, whatever was said to somebody else since', () => {
  const state = fold([requested(), rejected(), requested(byBen), rejected(byBen)]);
  const result = attachResult({ ...wish, attemptId: third }, state, true);
  expect(result).toMatchObject({ outcome: 'rejected', attemptId: first, customer: wish.customer });
});

it('an attach of which the trail knows nothing is unknown, whatever was said to somebody else', () => {
  const result = attachResult(wish, fold([requested(byBen), rejected(byBen)]), true);
  expect(result).toMatchObject({ outcome: 'unknown', cause: 'attemptInProgress', customer: wish.customer });
});

function attemptIdOf(text: string) {
  if (!isAttemptId(text)) throw new TypeError(text);
  return text;
}
