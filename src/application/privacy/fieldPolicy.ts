import type { TrailEvent } from '../events/eventTypes.ts';

/** What can be encrypted, each group as a host's one choice. */
export type EncryptedGroup = 'billingDetails' | 'card' | 'fingerprint';

/**
 * What a field is, and what becomes of it. `identifier`: names a thing or a person by an id that means nothing by itself.
 * `operational`: says what happened. `personal`: says something of a person.
 */
export type FieldPolicy =
  | { readonly class: 'identifier' | 'operational'; readonly byDefault: 'kept' }
  | {
      readonly class: 'personal';
      /** what becomes of it where the host does not choose its group: kept in the clear, or left out */
      readonly byDefault: 'kept' | 'leftOut';
      /** with this group it is encrypted, under a key of the customer's own; null where it never is */
      readonly encryptedWith: EncryptedGroup | null;
    };

type Fields = Readonly<Record<string, FieldPolicy>>;

const identifier: FieldPolicy = { class: 'identifier', byDefault: 'kept' };
const operational: FieldPolicy = { class: 'operational', byDefault: 'kept' };
/** Says little of a person, and is kept: who reads a trail has to tell one card from another. */
const shown: FieldPolicy = { class: 'personal', byDefault: 'kept', encryptedWith: null };
const cardNumber: FieldPolicy = { class: 'personal', byDefault: 'kept', encryptedWith: 'card' };
const fingerprint: FieldPolicy = { class: 'personal', byDefault: 'kept', encryptedWith: 'fingerprint' };
const billing: FieldPolicy = { class: 'personal', byDefault: 'leftOut', encryptedWith: 'billingDetails' };

const customer: Fields = { 'customer.kind': operational, 'customer.id': identifier };
const ofAttempt: Fields = { attemptId: identifier, paymentMethodId: identifier };
const ofDefault: Fields = { ...ofAttempt, customerId: identifier };
const keyed: Fields = { idempotencyKey: identifier, apiVersion: operational, requestedAt: operational };
const evidence: Fields = {
  'evidence.source': operational,
  'evidence.requestId': identifier,
  'evidence.tries.status': operational,
  'evidence.tries.requestId': identifier,
  'evidence.tries.failure': operational,
};
const rejection: Fields = { reason: operational, stripeCode: operational, ...evidence };
const doubt: Fields = { cause: operational, ...evidence };
const summary: Fields = {
  paymentMethodId: identifier,
  ...customer,
  type: operational,
  'card.brand': shown,
  'card.last4': cardNumber,
  'card.expMonth': cardNumber,
  'card.expYear': cardNumber,
  'card.funding': shown,
  'card.country': shown,
  'card.fingerprint': fingerprint,
  'card.wallet': shown,
  'card.checks.cvc': operational,
  'card.checks.addressLine1': operational,
  'card.checks.addressPostalCode': operational,
  'billingDetails.name': billing,
  'billingDetails.email': billing,
  'billingDetails.phone': billing,
  'billingDetails.address.line1': billing,
  'billingDetails.address.line2': billing,
  'billingDetails.address.postalCode': billing,
  'billingDetails.address.city': billing,
  'billingDetails.address.state': billing,
  'billingDetails.address.country': billing,
  livemode: operational,
  created: operational,
};

/** Every field of every event's `data`. */
export const fieldPolicy: Readonly<Record<TrailEvent['type'], Fields>> = {
  AttachmentRequested: { ...ofAttempt, ...customer, ...keyed, setAsDefault: operational },
  IdempotencyKeyRenewed: {
    ...ofAttempt,
    ...customer,
    idempotencyKey: identifier,
    apiVersion: operational,
    renewedAt: operational,
  },
  PaymentMethodAttached: { ...summary, attemptId: identifier, clonedFrom: identifier, ...evidence },
  AttachmentAttributed: { ...ofAttempt, clonedFrom: identifier, ...evidence },
  AttachmentRejected: { ...ofAttempt, ...customer, ...rejection, declineCode: operational },
  AttachmentRefused: { ...ofAttempt, ...customer, reason: operational },
  AttachmentOutcomeUnknown: { ...ofAttempt, ...customer, ...doubt },
  PaymentMethodCloned: { ...ofAttempt, ...customer, cloneId: identifier },
  PaymentMethodUpdated: { ...summary, ...evidence },
  DetachmentRequested: { ...ofAttempt, ...keyed },
  DetachmentRejected: { ...ofAttempt, ...rejection },
  DetachmentOutcomeUnknown: { ...ofAttempt, ...doubt },
  PaymentMethodDetached: { ...ofAttempt, ...customer, ...evidence },
  DefaultPaymentMethodWished: { ...ofDefault, wishedAt: operational },
  DefaultPaymentMethodRequested: { ...ofDefault, ...keyed },
  DefaultPaymentMethodSet: { ...ofDefault, ...evidence },
  DefaultPaymentMethodRejected: { ...ofDefault, ...rejection },
  DefaultPaymentMethodOutcomeUnknown: { ...ofDefault, ...doubt },
  CustomerDeleted: { customerId: identifier, ...evidence },
  CustomerForgotten: customer,
  SetupRequested: {
    attemptId: identifier,
    ...customer,
    usage: operational,
    paymentMethodTypes: operational,
    ...keyed,
  },
  SetupBegun: { attemptId: identifier, setupIntentId: identifier, ...evidence },
  SetupRejected: { attemptId: identifier, ...rejection },
  SetupOutcomeUnknown: { attemptId: identifier, ...doubt },
  SetupSucceeded: { ...ofAttempt, setupIntentId: identifier, ...evidence },
};

/** Every field of an event's `metadata`. The actor is a pseudonym of the host's choice. */
export const metadataPolicy: Fields = {
  schemaVersion: operational,
  actor: identifier,
  correlationId: identifier,
  causationId: identifier,
  traceparent: identifier,
};

/** What Stripe sends with a payment method and no event has a field for, as Stripe spells it. */
export const neverKept: readonly string[] = [
  'allow_redisplay',
  'billing_details.tax_id',
  'card.description',
  'card.display_brand',
  'card.iin',
  'card.issuer',
  'card.networks',
  'metadata',
  'us_bank_account',
  'sepa_debit',
];

/** What is encrypted as one text: its path in `data`. */
export const encryptedUnits: Readonly<Record<EncryptedGroup, readonly string[]>> = {
  billingDetails: ['billingDetails'],
  card: ['card.last4', 'card.expMonth', 'card.expYear'],
  fingerprint: ['card.fingerprint'],
};
