import type { LookUp } from './answers.ts';
import type { Recording } from './decisions.ts';
import type { Evidence } from './evidence.ts';
import type { DetachAnswer } from './gatewayAnswers.ts';
import type { AttemptId, PaymentMethodId } from './identifiers.ts';
import type { KeyedRequest } from './keyedRequest.ts';
import { isKeyUsable, repeatsDoubt } from './keyedRequest.ts';
import type { PaymentMethodState } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';
import type { RetryPolicy } from './retryPolicy.ts';

/** The caller's wish, and the key and version Stripe will see if it is sent. */
export type DetachPaymentMethod = KeyedRequest & {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
};

export type DetachConclusion = {
  readonly request: DetachPaymentMethod;
  readonly answer: DetachAnswer;
  readonly evidence: Evidence;
};

/**
 * Asks for the detachment; nothing where it is detached already, this attempt was answered before, or one is open under a
 * key that can still settle it. Not while an attachment is open: which came first, nobody could tell.
 */
export function decideDetach(
  command: DetachPaymentMethod,
  state: PaymentMethodState,
  policy: RetryPolicy,
): Recording | { readonly rejected: 'attachmentOpen' } {
  const nothing = { events: [] };
  if (state.status === 'detached') return nothing;
  if (state.rejectedDetachments.some(({ attemptId }) => attemptId === command.attemptId)) return nothing;
  if (isOpen(state)) return { rejected: 'attachmentOpen' };
  const { detachment } = state;
  if (detachment === null) return { events: [{ type: 'DetachmentRequested', data: { ...command } }] };
  if (isKeyUsable(detachment, command.requestedAt, policy)) return nothing;
  return { events: [{ type: 'DetachmentRequested', data: { ...command, attemptId: detachment.attemptId } }] };
}

/** Records how a detachment ended. Evidence that it is detached stands, whoever asked for it. */
export function decideDetachOutcome(
  { request, answer, evidence }: DetachConclusion,
  state: PaymentMethodState,
): Recording {
  const { attemptId, paymentMethodId } = request;
  if (answer.answer === 'detached') {
    if (state.status === 'detached') return { events: [] };
    const customer = state.status === 'attached' ? state.customer : null;
    return { events: [{ type: 'PaymentMethodDetached', data: { paymentMethodId, customer, attemptId, evidence } }] };
  }
  const { detachment } = state;
  if (detachment?.idempotencyKey !== request.idempotencyKey) return { events: [] };
  // After a failover the request may stand there as another attempt's, which was open before it.
  const asked = { attemptId: detachment.attemptId, paymentMethodId };
  if (answer.answer === 'rejected') {
    const { reason, stripeCode } = answer;
    return { events: [{ type: 'DetachmentRejected', data: { ...asked, reason, stripeCode, evidence } }] };
  }
  const { cause } = answer;
  if (repeatsDoubt(detachment, { cause, evidence })) return { events: [] };
  return { events: [{ type: 'DetachmentOutcomeUnknown', data: { ...asked, cause, evidence } }] };
}

/**
 * What a look at Stripe says of a detachment; null where it says nothing. No customer proves that it is detached where the
 * trail knew it attached. Where Stripe has refused, it is not attached, and nobody can tell whether it ever was: a
 * detachment is final, so none is recorded that was not seen, and Stripe's own event still overrules this rejection. A
 * customer proves nothing while a request may be in flight.
 */
export function detachAnswerFromLookUp(
  state: PaymentMethodState,
  lookUp: LookUp,
  refused: boolean,
): DetachAnswer | null {
  if (lookUp.look === 'unknown') return null;
  if (lookUp.look === 'notFound') {
    return refused ? { answer: 'rejected', reason: 'paymentMethodNotFound', stripeCode: null } : null;
  }
  if (lookUp.paymentMethod.customer === null) {
    if (state.status === 'attached') return { answer: 'detached' };
    if (!refused) return null;
    return { answer: 'rejected', reason: 'notAttached', stripeCode: null };
  }
  return refused ? { answer: 'rejected', reason: 'invalidRequest', stripeCode: null } : null;
}
