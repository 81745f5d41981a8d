import type { Evidence, UnknownCause } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import { isSameCustomer, isTestAlias } from './identifiers.ts';
import type { Rejection } from './paymentMethodEvents.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';

/** What Stripe said of an attach. Whatever is not recognised is `unknown`. */
export type Answer =
  | { readonly answer: 'attached'; readonly paymentMethod: PaymentMethodSummary }
  | ({ readonly answer: 'rejected' } & Rejection)
  | { readonly answer: 'unknown'; readonly cause: UnknownCause };

/** What a look at the payment method found. */
export type LookUp =
  | { readonly look: 'found'; readonly paymentMethod: PaymentMethodSummary }
  | { readonly look: 'notFound' }
  | { readonly look: 'unknown'; readonly cause: UnknownCause };

/** An answer, what was asked for and under which key, and what the answer rests on. */
export type Conclusion = {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly idempotencyKey: string;
  /** the test alias that was asked for, where the payment method is a clone of one */
  readonly clonedFrom: PaymentMethodId | null;
  readonly answer: Answer;
  readonly evidence: Evidence;
};

/** True when a look at Stripe may settle what an answer did not: not when nothing can be reached, or should be sent. */
export function isWorthALook(answer: Answer): boolean {
  return answer.answer === 'unknown' && !['aborted', 'unreachable', 'rateLimited'].includes(answer.cause);
}

/**
 * What a look at Stripe says of an attempt; null where it says nothing. Our customer proves success, another customer
 * proves that it can never succeed (a payment method has one customer, ever). No customer proves nothing while a request
 * may be in flight; only where Stripe has refused the attempt is it a rejection.
 */
export function answerFromLookUp(customer: CustomerReference, lookUp: LookUp, refused: boolean): Answer | null {
  const uncoded = { stripeCode: null, declineCode: null };
  switch (lookUp.look) {
    case 'unknown':
      return null;
    case 'notFound':
      return refused ? { answer: 'rejected', reason: 'paymentMethodNotFound', ...uncoded } : null;
    case 'found': {
      const { paymentMethod } = lookUp;
      if (paymentMethod.customer === null) {
        return refused ? { answer: 'rejected', reason: 'notAttachable', ...uncoded } : null;
      }
      return isSameCustomer(paymentMethod.customer, customer)
        ? { answer: 'attached', paymentMethod }
        : { answer: 'rejected', reason: 'attachedToAnotherCustomer', ...uncoded };
    }
    default:
      return lookUp satisfies never;
  }
}

/** An answer that names another payment method or customer than was asked for is no answer. */
export function withoutForeignEcho({ answer, paymentMethodId, customer }: Conclusion): Answer {
  if (answer.answer !== 'attached') return answer;
  const { paymentMethod } = answer;
  const isOurs = paymentMethod.customer !== null && isSameCustomer(paymentMethod.customer, customer);
  const isAsked = isTestAlias(paymentMethodId) || paymentMethod.paymentMethodId === paymentMethodId;
  return isOurs && isAsked ? answer : { answer: 'unknown', cause: 'unexpectedEcho' };
}
