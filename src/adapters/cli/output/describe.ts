import type { TrailRecord } from '../../../application/events/eventCodec.ts';
import type { ReconcileResult } from '../../../application/useCases/results.ts';
import type { PaymentMethodState } from '../../../domain/paymentMethod.ts';
import type { TrailEvent } from '../../../application/events/eventTypes.ts';

/** A result in a few words; `name` makes of an id what is shown of it. */
export function describeResult(result: ReconcileResult, name: (id: string) => string = short): string {
  switch (result.outcome) {
    case 'attached':
      return [name(result.paymentMethodId), describeCard(result.card)].filter((word) => word !== '').join(', ');
    case 'rejected':
      return [result.reason, result.declineCode ?? result.stripeCode].filter((word) => word !== null).join(', ');
    case 'unknown':
      return `${result.cause}: it may be attached`;
    case 'unattached':
    case 'detached':
      return name(result.paymentMethodId);
    default:
      return result satisfies never;
  }
}

/** A recorded event as a row: position, stream, version, type, what happened, what it rests on, hash. */
export function describeEvent({ position, stream, version, event, hash }: TrailRecord): string[] {
  const name = stream.replace(/^\w+-/, '').replace(/\/.*/, '');
  return [
    `${position}`,
    short(name),
    `${version}`,
    event.type,
    describeData(event, short),
    describeEvidence(event),
    `${hash.slice(0, 8)}…`,
  ];
}

/** Where a payment method stands, in a few words. */
export function describeState(state: PaymentMethodState): string {
  switch (state.status) {
    case 'unattached':
      return 'not attached';
    case 'attaching':
      return `attaching to ${state.attempt.customer.id}, no outcome yet`;
    case 'outcomeUnknown':
      return `outcome unknown (${state.cause}): it may be attached to ${state.attempt.customer.id}`;
    case 'attached':
      return [`attached to ${state.customer.id}`, describeCard(state.card)].filter((word) => word !== '').join(', ');
    case 'rejected':
      return `rejected for ${state.last.customer.id}: ${state.last.reason}`;
    case 'cloned':
      return `a test alias, of which Stripe made ${state.cloneId}`;
    case 'detached':
      return `detached${state.customer === null ? '' : ` from ${state.customer.id}`}, for good`;
    default:
      return state satisfies never;
  }
}

export const eventHeading = ['#', 'recorded at', 'who', 'event', 'what', 'evidence'] as const;

/** A recorded event as a row under `eventHeading`. */
export function eventRow({ position, recordedAt, metadata, event }: TrailRecord): string[] {
  return [
    `${position}`,
    toSecond(recordedAt),
    metadata.actor,
    event.type,
    describeData(event),
    describeEvidence(event),
  ];
}

/** `2025-11-23 07:15:00Z` */
export function toSecond(recordedAt: string): string {
  return recordedAt.replace(/^(\d+-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d+Z/, '$1 $2Z');
}

function describeEvidence({ data }: TrailEvent): string {
  return 'evidence' in data ? data.evidence.source : '';
}

/** What an event says, in a few words; `name` makes of an id what is shown of it. */
export function describeData(event: TrailEvent, name: (id: string) => string = (id) => id): string {
  switch (event.type) {
    case 'AttachmentRequested':
    case 'IdempotencyKeyRenewed':
      return name(event.data.customer.id);
    case 'PaymentMethodAttached':
      return describeCard(event.data.card);
    case 'AttachmentAttributed':
      return event.data.attemptId;
    case 'AttachmentRejected':
      return [event.data.reason, event.data.declineCode].filter((word) => word !== null).join(', ');
    case 'AttachmentRefused':
      return `${name(event.data.customer.id)}, ${event.data.reason}`;
    case 'AttachmentOutcomeUnknown':
    case 'DetachmentOutcomeUnknown':
    case 'DefaultPaymentMethodOutcomeUnknown':
    case 'SetupOutcomeUnknown':
      return event.data.cause;
    case 'DetachmentRejected':
    case 'DefaultPaymentMethodRejected':
    case 'SetupRejected':
      return event.data.reason;
    case 'PaymentMethodUpdated':
      return describeCard(event.data.card);
    case 'DefaultPaymentMethodWished':
    case 'DefaultPaymentMethodRequested':
    case 'DefaultPaymentMethodSet':
    case 'SetupSucceeded':
      return name(event.data.paymentMethodId);
    case 'SetupRequested':
      return name(event.data.customer.id);
    case 'SetupBegun':
      return name(event.data.setupIntentId);
    case 'DetachmentRequested':
    case 'CustomerDeleted':
    case 'CustomerForgotten':
      return '';
    case 'PaymentMethodCloned':
      return name(event.data.cloneId);
    case 'PaymentMethodDetached':
      return name(event.data.customer?.id ?? '');
    default:
      return event satisfies never;
  }
}

/** A card as people know it; empty where it is none. */
export function describeCard(card: { readonly brand: string; readonly last4: string } | null): string {
  return card === null ? '' : `${card.brand} •••• ${card.last4}`;
}

/** An id cut to what tells it from its neighbours on a screen. */
function short(id: string): string {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}
