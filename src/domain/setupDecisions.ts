import type { Evidence } from './evidence.ts';
import type { SetupAnswer } from './gatewayAnswers.ts';
import type { AttemptId, CustomerReference, PaymentMethodId, SetupIntentId } from './identifiers.ts';
import { isSameCustomer } from './identifiers.ts';
import type { KeyedRequest } from './keyedRequest.ts';
import { isKeyUsable, repeatsDoubt } from './keyedRequest.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import type { SetupEvent, SetupState, SetupWish } from './setup.ts';

/** The caller's wish, and the key and version Stripe will see if it is sent. */
export type BeginSetup = KeyedRequest & SetupWish;

export type SetupConclusion = {
  readonly request: KeyedRequest & { readonly attemptId: AttemptId };
  readonly answer: SetupAnswer;
  readonly evidence: Evidence;
};

type Recording = { readonly events: readonly SetupEvent[] };

/** Asks for a SetupIntent; nothing where this attempt has one, was answered, or is open under a key that can settle it. */
export function decideBeginSetup(
  command: BeginSetup,
  state: SetupState,
  policy: RetryPolicy,
): Recording | { readonly rejected: 'attemptIdReused' } {
  if (state.status === 'unasked') return { events: [{ type: 'SetupRequested', data: { ...command } }] };
  if (!isSameWish(state.wish, command)) return { rejected: 'attemptIdReused' };
  if (state.status !== 'requested' || isKeyUsable(state.open, command.requestedAt, policy)) return { events: [] };
  // The wish stays: another one belongs to another attempt.
  const { idempotencyKey, apiVersion, requestedAt } = command;
  return { events: [{ type: 'SetupRequested', data: { ...state.wish, idempotencyKey, apiVersion, requestedAt } }] };
}

/** True of what one attempt can stand for: another customer, usage or list of types is another wish. */
export function isSameWish(one: SetupWish, other: SetupWish): boolean {
  const types = ({ paymentMethodTypes }: SetupWish) => paymentMethodTypes?.join() ?? null;
  return isSameCustomer(one.customer, other.customer) && one.usage === other.usage && types(one) === types(other);
}

/** Records how it ended; what does not answer the open request, under its key, changes nothing. */
export function decideSetupOutcome({ request, answer, evidence }: SetupConclusion, state: SetupState): Recording {
  if (state.status !== 'requested' || state.open.idempotencyKey !== request.idempotencyKey) return { events: [] };
  const { attemptId } = request;
  switch (answer.answer) {
    case 'created': {
      const { setupIntentId } = answer.setupIntent;
      return { events: [{ type: 'SetupBegun', data: { attemptId, setupIntentId, evidence } }] };
    }
    case 'rejected': {
      const { reason, stripeCode } = answer;
      return { events: [{ type: 'SetupRejected', data: { attemptId, reason, stripeCode, evidence } }] };
    }
    case 'unknown': {
      const { cause } = answer;
      if (repeatsDoubt(state.open, { cause, evidence })) return { events: [] };
      return { events: [{ type: 'SetupOutcomeUnknown', data: { attemptId, cause, evidence } }] };
    }
    default:
      return answer satisfies never;
  }
}

/** A SetupIntent that names an attempt of ours in its metadata, and has succeeded. */
export type SucceededSetup = {
  readonly attemptId: AttemptId;
  readonly setupIntentId: SetupIntentId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference | null;
  readonly alsoNamed?: CustomerReference | null | undefined;
};

/**
 * True where the attempt that a SetupIntent names did begin it, for this customer. Metadata alone proves nothing: anybody
 * with access to the account writes what he likes there.
 */
export function isOurSetup({ setupIntentId, customer, alsoNamed = null }: SucceededSetup, state: SetupState): boolean {
  if (state.status === 'unasked') return false;
  const wanted = state.wish.customer;
  if (![customer, alsoNamed].some((name) => name !== null && isSameCustomer(name, wanted))) return false;
  return !('setupIntentId' in state) || state.setupIntentId === setupIntentId;
}

/** Records that the front end saved a payment method by our SetupIntent; once. */
export function decideSetupSucceeded(success: SucceededSetup, evidence: Evidence, state: SetupState): Recording {
  if (state.status === 'succeeded' || !isOurSetup(success, state)) return { events: [] };
  const { attemptId, setupIntentId, paymentMethodId } = success;
  return { events: [{ type: 'SetupSucceeded', data: { attemptId, setupIntentId, paymentMethodId, evidence } }] };
}
