import type { Recording } from './decisions.ts';
import type { Evidence } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { PaymentMethodState } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';
import type { PaymentMethodEvent } from './paymentMethodEvents.ts';
import type { CardSummary, PaymentMethodSummary } from './paymentMethodSummary.ts';

/** Something Stripe did that this module may not have asked for, as a webhook or a sweep tells of it. */
export type ObservedAttachment = {
  readonly paymentMethod: PaymentMethodSummary & { readonly customer: CustomerReference };
  /** the key of the request that did it, where Stripe names it: by it an attempt of ours is known */
  readonly idempotencyKey: string | null;
  /** the attempt of ours that our metadata names */
  readonly attemptId: AttemptId | null;
  readonly evidence: Evidence;
};

export type ObservedDetachment = {
  /** as it was after it was detached */
  readonly paymentMethod: PaymentMethodSummary;
  /** whom it was attached to, where Stripe says */
  readonly customer: CustomerReference | null;
  readonly idempotencyKey: string | null;
  readonly evidence: Evidence;
};

/** Records an attachment, whoever asked for it, unless the trail knows of it, or of what came after it. */
export function decideObservedAttachment(seen: ObservedAttachment, state: PaymentMethodState): Recording {
  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') return { events: [] };
  const isOurs = isOpen(state) && state.attempt.idempotencyKey === seen.idempotencyKey;
  const attemptId = isOurs ? state.attempt.attemptId : seen.attemptId;
  return { events: [attachedEvent(seen, attemptId)] };
}

/**
 * Records a detachment, whoever asked for it. Where the trail missed that it had been attached, that is recorded first: a
 * detachment proves it, and webhooks come in any order.
 */
export function decideObservedDetachment(seen: ObservedDetachment, state: PaymentMethodState): Recording {
  if (state.status === 'detached') return { events: [] };
  const { paymentMethod, evidence } = seen;
  const customer = state.status === 'attached' ? state.customer : seen.customer;
  const isOurs = state.detachment !== null && state.detachment.idempotencyKey === seen.idempotencyKey;
  const attemptId = isOurs ? state.detachment.attemptId : null;
  const missed =
    state.status === 'attached' || customer === null
      ? []
      : decideObservedAttachment(
          { paymentMethod: { ...paymentMethod, customer }, idempotencyKey: null, attemptId: null, evidence },
          state,
        ).events;
  const { paymentMethodId } = paymentMethod;
  const detached = { paymentMethodId, customer, attemptId, evidence };
  return { events: [...missed, { type: 'PaymentMethodDetached', data: detached }] };
}

/** Records what Stripe keeps of an attached payment method now, where the trail has it otherwise. */
export function decideUpdate(
  paymentMethod: PaymentMethodSummary,
  evidence: Evidence,
  state: PaymentMethodState,
): Recording {
  if (state.status !== 'attached') return { events: [] };
  if (state.type === paymentMethod.type && isSameCard(state.card, paymentMethod.card)) return { events: [] };
  return { events: [{ type: 'PaymentMethodUpdated', data: { ...paymentMethod, evidence } }] };
}

function attachedEvent(seen: ObservedAttachment, attemptId: AttemptId | null): PaymentMethodEvent {
  const { paymentMethod, evidence } = seen;
  const clonedFrom: PaymentMethodId | null = null;
  return { type: 'PaymentMethodAttached', data: { ...paymentMethod, attemptId, clonedFrom, evidence } };
}

function isSameCard(one: CardSummary | null, other: CardSummary | null): boolean {
  if (one === null || other === null) return one === other;
  const { checks, ...card } = one;
  const { checks: otherChecks, ...otherCard } = other;
  return hasSameFields(card, otherCard) && hasSameFields(checks, otherChecks);
}

function hasSameFields<Fields extends object>(one: Fields, other: Fields): boolean {
  return Object.entries(one).every(([name, value]) => Reflect.get(other, name) === value);
}
