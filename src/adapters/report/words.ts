import type { TrailEvent } from '../../application/events/eventTypes.ts';
import type { EvidenceSource } from '../../domain/evidence.ts';

/** What kind of news an event is: asked for, done, refused, open, or a change that nobody here asked for. */
export type Tone = 'asked' | 'done' | 'refused' | 'open' | 'changed';

const events: Readonly<Record<TrailEvent['type'], readonly [title: string, tone: Tone]>> = {
  AttachmentRequested: ['Attachment requested', 'asked'],
  IdempotencyKeyRenewed: ['Asked again, under a new idempotency key', 'asked'],
  PaymentMethodAttached: ['Attached', 'done'],
  AttachmentAttributed: ['Found to be the work of this attempt', 'done'],
  AttachmentRejected: ['Attachment rejected by Stripe', 'refused'],
  AttachmentRefused: ['Attachment refused without asking Stripe', 'refused'],
  AttachmentOutcomeUnknown: ['Attachment: outcome unknown', 'open'],
  PaymentMethodCloned: ['Stripe made a payment method of the test alias', 'done'],
  PaymentMethodUpdated: ['Details changed at Stripe', 'changed'],
  DetachmentRequested: ['Detachment requested', 'asked'],
  DetachmentRejected: ['Detachment rejected by Stripe', 'refused'],
  DetachmentOutcomeUnknown: ['Detachment: outcome unknown', 'open'],
  PaymentMethodDetached: ['Detached', 'changed'],
  DefaultPaymentMethodWished: ['To be the default once it is attached', 'asked'],
  DefaultPaymentMethodRequested: ['Default payment method requested', 'asked'],
  DefaultPaymentMethodSet: ['Default payment method set', 'done'],
  DefaultPaymentMethodRejected: ['Default payment method rejected by Stripe', 'refused'],
  DefaultPaymentMethodOutcomeUnknown: ['Default payment method: outcome unknown', 'open'],
  CustomerDeleted: ['Customer deleted at Stripe', 'changed'],
  CustomerForgotten: ['Customer forgotten: the key of its personal fields is destroyed', 'changed'],
  SetupRequested: ['Setup requested', 'asked'],
  SetupBegun: ['Setup begun', 'done'],
  SetupRejected: ['Setup rejected by Stripe', 'refused'],
  SetupOutcomeUnknown: ['Setup: outcome unknown', 'open'],
  SetupSucceeded: ['Setup succeeded', 'done'],
};

const sources: Readonly<Record<EvidenceSource, string>> = {
  response: 'Stripe’s answer to the request',
  readBack: 'a later look at Stripe',
  webhook: 'a webhook that Stripe sent',
  sweep: 'a sweep of the account at Stripe',
};

export function titleOf(type: TrailEvent['type']): string {
  return events[type][0];
}

export function toneOf(type: TrailEvent['type']): Tone {
  return events[type][1];
}

const lastAsked: Readonly<Record<EvidenceSource, string>> = {
  response: 'the request',
  readBack: 'a later look at Stripe',
  webhook: 'a webhook',
  sweep: 'a sweep',
};

/** After what an outcome is open still. */
export function lastAskedWords(source: EvidenceSource): string {
  return lastAsked[source];
}

/** How an outcome is known. */
export function sourceWords(source: EvidenceSource): string {
  return sources[source];
}

/** A literal in words: `cardDeclined` is `card declined`. */
export function spelled(literal: string): string {
  return literal.replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('_', ' ');
}

/** The same for a label, which begins with a capital. */
export function label(literal: string): string {
  const words = spelled(literal);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
