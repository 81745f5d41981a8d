import { isPaymentMethodsError, PaymentMethodsError } from '../errors.ts';
import type { AttachedResult, SetDefaultFailure } from './results.ts';
import type { SetDefaultResult } from './setDefault.ts';

/** The result of an attach, with how it went to make it the customer's default, which never hides that it is attached. */
export async function thenSetAsDefault(
  result: AttachedResult,
  { customerId, paymentMethodId, attemptId }: Omit<SetDefaultFailure, 'outcome' | 'error'>,
  setDefault: () => Promise<SetDefaultResult>,
): Promise<AttachedResult> {
  try {
    return { ...result, setAsDefault: await setDefault() };
  } catch (thrown) {
    const wish = { customerId, paymentMethodId, attemptId };
    const error = isPaymentMethodsError(thrown) ? thrown : failed(wish, thrown);
    return { ...result, setAsDefault: { ...wish, outcome: 'failed', error } };
  }
}

/**
 * True where the attempt that a call joined says nothing of the call's own wish: what superseded it came before that, or
 * beside it, and what it was used for besides is the other caller's.
 */
export function isOfAnother({ setAsDefault }: AttachedResult): boolean {
  if (setAsDefault?.outcome === 'rejected') return setAsDefault.reason === 'attemptIdReused';
  return setAsDefault?.outcome === 'superseded';
}

function failed(wish: Pick<SetDefaultFailure, 'customerId' | 'paymentMethodId' | 'attemptId'>, cause: unknown) {
  const { customerId, paymentMethodId, attemptId } = wish;
  return new PaymentMethodsError(
    'SET_DEFAULT_FAILED',
    `${paymentMethodId} is attached to ${customerId}, and making it the default (attempt ${attemptId}) failed: see the cause. Attach again with the same attempt id, or reconcile, to finish it.`,
    { details: wish, cause },
  );
}
