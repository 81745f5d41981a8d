import type { Evidence } from './evidence.ts';
import type { SetupAnswer } from './gatewayAnswers.ts';
import type { AttemptId, PaymentMethodId, SetupIntentId } from './identifiers.ts';
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
  if (state.wish !== null && !isSameCustomer(state.wish.customer, command.customer)) {
    return { rejected: 'attemptIdReused' };
  }
  if (state.status !== 'requested' || isKeyUsable(state.open, command.requestedAt, policy)) return { events: [] };
  // The wish stays: another one belongs to another attempt.
  return { events: [{ type: 'SetupRequested', data: { ...command, ...state.wish } }] };
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

/** Records that the front end saved a payment method; once, and whatever the trail knew of the setup before. */
export function decideSetupSucceeded(
  success: {
    readonly attemptId: AttemptId;
    readonly setupIntentId: SetupIntentId;
    readonly paymentMethodId: PaymentMethodId;
    readonly evidence: Evidence;
  },
  state: SetupState,
): Recording {
  return { events: state.status === 'succeeded' ? [] : [{ type: 'SetupSucceeded', data: success }] };
}
