import type { TrailRecord } from '../../application/events/eventCodec.ts';
import type { ReconcileResult } from '../../application/useCases/results.ts';
import type { TrailEvent } from '../../application/events/eventTypes.ts';

/** Rows with their cells padded to columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A result in a few words. */
export function describeResult(result: ReconcileResult): string {
  switch (result.outcome) {
    case 'attached':
      return [short(result.paymentMethodId), describeCard(result.card)].filter((word) => word !== '').join(', ');
    case 'rejected':
      return [result.reason, result.declineCode ?? result.stripeCode].filter((word) => word !== null).join(', ');
    case 'unknown':
      return `${result.cause}: it may be attached`;
    case 'unattached':
    case 'detached':
      return result.paymentMethodId;
    default:
      return result satisfies never;
  }
}

/** A recorded event as a row: position, stream, version, type, what happened, what it rests on, hash. */
export function describeEvent({ position, stream, version, event, hash }: TrailRecord): string[] {
  const evidence = 'evidence' in event.data ? event.data.evidence.source : '';
  const name = stream.replace(/^\w+-/, '').replace(/\/.*/, '');
  return [`${position}`, short(name), `${version}`, event.type, describeData(event), evidence, `${hash.slice(0, 8)}…`];
}

function describeData(event: TrailEvent): string {
  switch (event.type) {
    case 'AttachmentRequested':
    case 'IdempotencyKeyRenewed':
      return short(event.data.customer.id);
    case 'PaymentMethodAttached':
      return describeCard(event.data.card);
    case 'AttachmentAttributed':
      return event.data.attemptId;
    case 'AttachmentRejected':
      return [event.data.reason, event.data.declineCode].filter((word) => word !== null).join(', ');
    case 'AttachmentRefused':
      return `${short(event.data.customer.id)}, ${event.data.reason}`;
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
    case 'DefaultPaymentMethodRequested':
    case 'DefaultPaymentMethodSet':
    case 'SetupSucceeded':
      return short(event.data.paymentMethodId);
    case 'SetupRequested':
      return short(event.data.customer.id);
    case 'SetupBegun':
      return short(event.data.setupIntentId);
    case 'DetachmentRequested':
    case 'CustomerDeleted':
      return '';
    case 'PaymentMethodCloned':
      return short(event.data.cloneId);
    case 'PaymentMethodDetached':
      return short(event.data.customer?.id ?? '');
    default:
      return event satisfies never;
  }
}

function describeCard(card: { readonly brand: string; readonly last4: string } | null): string {
  return card === null ? '' : `${card.brand} •••• ${card.last4}`;
}

/** An id cut to what tells it from its neighbours on a screen. */
function short(id: string): string {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}
