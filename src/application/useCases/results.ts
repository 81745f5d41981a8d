import type { AttachPaymentMethod } from '../../domain/decisions.ts';
import { rejectionOf } from '../../domain/attempts.ts';
import { decideAttach } from '../../domain/decisions.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isSameCustomer } from '../../domain/identifiers.ts';
import type { PaymentMethodState, RejectedAttempt } from '../../domain/paymentMethod.ts';
import type { RefusalReason, RejectionReason } from '../../domain/paymentMethodEvents.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import type { CardSummary } from '../../domain/paymentMethodSummary.ts';
import type { PaymentMethodsError } from '../errors.ts';
import type { PaymentMethodRecord } from '../events/eventCodec.ts';
import type { SetDefaultResult } from './setDefault.ts';

/** Stripe has it attached to this customer, and the trail says so. */
export type AttachedResult = {
  readonly outcome: 'attached';
  /** the id to use from now on: for a test alias, the payment method that Stripe made of it */
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  /** the attempt that attached it; null when nobody here asked for it */
  readonly attemptId: AttemptId | null;
  /** Stripe's `type`, an open set */
  readonly type: string;
  readonly card: CardSummary | null;
  /** where it was asked for: how making it the default went; `failed` with what was thrown */
  readonly setAsDefault?: SetDefaultResult | SetDefaultFailure;
};

/** Setting the default threw. Calling `attach` again with the same attempt id, or `setDefault`, finishes it. */
export type SetDefaultFailure = Pick<SetDefaultResult, 'customerId' | 'paymentMethodId' | 'attemptId'> & {
  readonly outcome: 'failed';
  readonly error: PaymentMethodsError;
};

/**
 * This attempt did not attach it, and stays so: Stripe said no, or the trail did, without asking Stripe. Only after
 * `detachmentOpen` may the same attempt be asked for again.
 */
export type RejectedResult = {
  readonly outcome: 'rejected';
  /**
   * `attemptIdReused`: this attempt's id was used for another customer. `detachmentOpen`: a detachment has to be settled
   * first; `recover` or `reconcile` does, then call again. Neither is recorded. `detached`: it is detached for good, whoever
   * had attached it, be it this very attempt.
   */
  readonly reason: RejectionReason | RefusalReason | 'attemptIdReused' | 'detachmentOpen';
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly attemptId: AttemptId;
  readonly stripeCode: string | null;
  readonly declineCode: string | null;
};

/**
 * Nobody knows yet. It may be attached: tell the customer neither yes nor no. To learn, call `reconcile`, or `attach`
 * again with the same attempt id. `attemptInProgress` means that another call is at it right now.
 */
export type UnknownResult = {
  readonly outcome: 'unknown';
  readonly cause: UnknownCause | 'attemptInProgress';
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly attemptId: AttemptId;
};

/** How an attach stands: one of three, told apart by `outcome`. Faults are thrown, and none of these. */
export type AttachResult = AttachedResult | RejectedResult | UnknownResult;

/** What `reconcile` found: an attach result, or that there is nothing to reconcile. */
export type ReconcileResult =
  | AttachResult
  | { readonly outcome: 'unattached'; readonly paymentMethodId: PaymentMethodId }
  | { readonly outcome: 'detached'; readonly paymentMethodId: PaymentMethodId };

/** A payment method's story: what was recorded, and where that leaves it. */
export type History = {
  readonly paymentMethodId: PaymentMethodId;
  readonly state: PaymentMethodState;
  /** the version of the payment method's own stream that `state` is of; 0 when nothing was recorded */
  readonly version: number;
  /** in the order of the trail; of a clone, with the attempt on the test alias that made it */
  readonly events: readonly PaymentMethodRecord[];
};

/** The answer to a caller who gave up waiting for an attempt that goes on. */
export function abortedResult(
  command: Pick<UnknownResult, 'paymentMethodId' | 'customer'>,
  attemptId: AttemptId,
): UnknownResult {
  const { paymentMethodId, customer } = command;
  return { outcome: 'unknown', cause: 'aborted', paymentMethodId, customer, attemptId };
}

/**
 * A state as the answer to an attempt: its own rejection first, then what the payment method's state refuses or grants.
 * `hasAsked` where Stripe was asked in the course of this call.
 */
export function attachResult(command: AttachPaymentMethod, state: PaymentMethodState, hasAsked: boolean): AttachResult {
  const { attemptId, paymentMethodId, customer } = command;
  const before = rejectionOf(attemptId, state);
  if (before !== null && isSameCustomer(before.customer, customer)) return rejectedResult(before);
  const inDoubt = { outcome: 'unknown', cause: 'attemptInProgress', paymentMethodId, customer, attemptId } as const;
  const decision = decideAttach(command, state);
  if ('rejected' in decision) {
    // A detachment that a failover put in the place of this attach says nothing of what became of it.
    return hasAsked && decision.rejected === 'detachmentOpen' ? inDoubt : refused(command, decision.rejected);
  }
  const refusal = decision.events.find((event) => event.type === 'AttachmentRefused');
  if (refusal !== undefined) return refused(command, refusal.data.reason);
  const result = resultOf(state, paymentMethodId);
  if (result.outcome === 'detached') return refused(command, 'detached');
  if (state.status !== 'rejected' && result.outcome !== 'unattached') return result;
  // It waited for another attempt for its customer; one for somebody else may have ended since.
  const joined = state.rejectedAttempts.findLast((rejected) => isSameCustomer(rejected.customer, customer));
  if (joined !== undefined) return rejectedResult(joined);
  // A failover took its end before it could be read back: the same attempt again finds out, or finishes it.
  return inDoubt;
}

/** A state as the answer to whoever asks how the payment method stands. */
export function resultOf(state: PaymentMethodState, paymentMethodId: PaymentMethodId): ReconcileResult {
  switch (state.status) {
    case 'unattached':
    case 'cloned':
      return { outcome: 'unattached', paymentMethodId };
    case 'detached':
      return { outcome: 'detached', paymentMethodId };
    case 'attaching':
    case 'outcomeUnknown': {
      const { customer, attemptId } = state.attempt;
      const cause = state.status === 'attaching' ? 'attemptInProgress' : state.cause;
      return { outcome: 'unknown', cause, paymentMethodId: state.attempt.paymentMethodId, customer, attemptId };
    }
    case 'attached': {
      const { customer, attemptId, type, card } = state;
      return { outcome: 'attached', paymentMethodId: state.paymentMethodId, customer, attemptId, type, card };
    }
    case 'rejected':
      return rejectedResult(state.last);
    default:
      return state satisfies never;
  }
}

function rejectedResult(rejected: RejectedAttempt): RejectedResult {
  const { reason, paymentMethodId, customer, attemptId, stripeCode, declineCode } = rejected;
  return { outcome: 'rejected', reason, paymentMethodId, customer, attemptId, stripeCode, declineCode };
}

function refused(command: AttachPaymentMethod, reason: RejectedResult['reason']): RejectedResult {
  const { attemptId, paymentMethodId, customer } = command;
  return { outcome: 'rejected', reason, paymentMethodId, customer, attemptId, stripeCode: null, declineCode: null };
}
