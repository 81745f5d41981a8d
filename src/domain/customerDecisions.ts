import type { LookUp } from './answers.ts';
import type { CustomerEvent, CustomerState, SetDefaultRejectionReason } from './customer.ts';
import { isOfAttempt } from './customer.ts';
import type { AttachPaymentMethod } from './decisions.ts';
import type { Evidence } from './evidence.ts';
import type { CustomerLookUp, SetDefaultAnswer } from './gatewayAnswers.ts';
import type { AttemptId, CustomerId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { KeyedRequest } from './keyedRequest.ts';
import { mayLand, repeatsDoubt } from './keyedRequest.ts';
import type { RetryPolicy } from './retryPolicy.ts';

/** The caller's wish, and the key and version Stripe will see if it is sent. */
export type SetDefaultPaymentMethod = KeyedRequest & Wish;

type Wish = {
  readonly attemptId: AttemptId;
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
};

export type DefaultConclusion = {
  readonly request: SetDefaultPaymentMethod;
  readonly answer: SetDefaultAnswer;
  readonly evidence: Evidence;
};

type Recording = { readonly events: readonly CustomerEvent[] };

/**
 * Records that an attach wishes for the default, with its request, so that wishes have an order; nothing where it wishes for
 * none, the attempt has asked for one already, or the customer is deleted.
 */
export function decideWish(command: AttachPaymentMethod, state: CustomerState): Recording {
  const { attemptId, customer, paymentMethodId, requestedAt: wishedAt, setAsDefault } = command;
  if (!setAsDefault || customer.kind !== 'customer' || state.isDeleted) return { events: [] };
  const wish = { attemptId, customerId: customer.id, paymentMethodId };
  const isSame = (one: Wish) => one.attemptId === attemptId && one.paymentMethodId === paymentMethodId;
  const isAsked = askedOf(state).some((one) => one.attemptId === attemptId);
  if (isAsked || [...state.wishes, ...state.superseded].some(isSame)) return { events: [] };
  const data = { ...wish, wishedAt };
  return { events: [{ type: 'DefaultPaymentMethodWished', data }] };
}

/**
 * Asks for the default; nothing where this attempt was answered or superseded before, or a request is open that may land
 * still, its own or another's. A new attempt asks anew, also for the same payment method: the dashboard may have changed it
 * since.
 */
export function decideSetDefault(
  command: SetDefaultPaymentMethod,
  state: CustomerState,
  policy: RetryPolicy,
): Recording | { readonly rejected: 'customerDeleted' | 'attemptIdReused' } {
  const known = attemptIn(state, command);
  if (known !== null && !isOfAttempt(known, command)) return { rejected: 'attemptIdReused' };
  const isAnswered = known !== null && known !== state.open;
  if (isAnswered) return { events: [] };
  if (state.isDeleted) return { rejected: 'customerDeleted' };
  const { open } = state;
  if (open === null) return { events: [{ type: 'DefaultPaymentMethodRequested', data: { ...command } }] };
  const mustWait = mayLand(open, command.requestedAt, policy);
  return { events: mustWait ? [] : [{ type: 'DefaultPaymentMethodRequested', data: { ...command } }] };
}

/**
 * What an attempt stands for: what it wished for this payment method, however that ended, or else what it asked for another
 * one. Null where it is free: it asked for nothing yet, and what it wished for besides nobody asked for.
 */
export function attemptIn(state: CustomerState, wish: Pick<Wish, 'attemptId' | 'paymentMethodId'>): Wish | null {
  const isOwn = (one: Wish) => isOfAttempt(one, wish);
  const asked = askedOf(state);
  // Of a test alias, what came after it may be another one's that the attempt wished for before.
  const isFree = state.wishes.some(isOwn) && !asked.some(({ attemptId }) => attemptId === wish.attemptId);
  if (isFree) return null;
  const own = [...asked, ...state.superseded].find(isOwn);
  return own ?? asked.find(({ attemptId }) => attemptId === wish.attemptId) ?? null;
}

/** All that Stripe was asked for, however it ended. */
function askedOf({ open, set, rejected, superseded }: CustomerState): readonly Wish[] {
  return [...(open === null ? [] : [open]), ...set, ...rejected, ...superseded.filter(({ wasAsked }) => wasAsked)];
}

/** Records how it ended; what does not answer the open request, under its key, changes nothing. */
export function decideDefaultOutcome(
  { request, answer, evidence }: DefaultConclusion,
  { open }: CustomerState,
): Recording {
  if (open?.idempotencyKey !== request.idempotencyKey) return { events: [] };
  const { attemptId, customerId, paymentMethodId } = request;
  const data = { attemptId, customerId, paymentMethodId, evidence };
  switch (answer.answer) {
    case 'set':
      return { events: [{ type: 'DefaultPaymentMethodSet', data }] };
    case 'rejected': {
      const { reason, stripeCode } = answer;
      return { events: [{ type: 'DefaultPaymentMethodRejected', data: { ...data, reason, stripeCode } }] };
    }
    case 'unknown': {
      const { cause } = answer;
      if (repeatsDoubt(open, { cause, evidence })) return { events: [] };
      return { events: [{ type: 'DefaultPaymentMethodOutcomeUnknown', data: { ...data, cause } }] };
    }
    default:
      return answer satisfies never;
  }
}

/**
 * What a look at the customer, and, where Stripe has refused without a code, one at the payment method, say of a default;
 * null where they say nothing. Another default proves nothing while a request may be in flight, and after a refusal that it
 * stands: nothing of this request is on its way.
 */
export function defaultAnswerFromLookUp(
  wanted: SetDefaultPaymentMethod,
  customer: CustomerLookUp,
  refusedPaymentMethod: LookUp | null,
): SetDefaultAnswer | null {
  const rejected = (reason: SetDefaultRejectionReason) => {
    return { answer: 'rejected' as const, reason, stripeCode: null };
  };
  if (customer.look === 'notFound' || (customer.look === 'found' && customer.isDeleted)) {
    return refusedPaymentMethod === null ? null : rejected('customerNotFound');
  }
  if (customer.look === 'found' && customer.defaultPaymentMethodId === wanted.paymentMethodId) return { answer: 'set' };
  if (refusedPaymentMethod === null || refusedPaymentMethod.look === 'unknown') return null;
  if (refusedPaymentMethod.look === 'notFound') return rejected('paymentMethodNotFound');
  if (refusedPaymentMethod.paymentMethod.customer?.id !== wanted.customerId) return rejected('notAttachedToCustomer');
  return customer.look === 'found' ? rejected('invalidRequest') : null;
}

/** Records that Stripe deleted the customer, once. */
export function decideCustomerDeleted(customerId: CustomerId, evidence: Evidence, state: CustomerState): Recording {
  return { events: state.isDeleted ? [] : [{ type: 'CustomerDeleted', data: { customerId, evidence } }] };
}

/** Records that the customer's key is destroyed, once. */
export function decideForgotten(customer: CustomerReference, state: CustomerState): Recording {
  return { events: state.isForgotten ? [] : [{ type: 'CustomerForgotten', data: { customer } }] };
}
