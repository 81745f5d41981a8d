import type { Authentication } from '../instruments/testCards.ts';
import type { Failure } from '../wire/failures.ts';
import type { JsonObject } from '../wire/json.ts';

/** Whom a payment method belongs to: a Customer, or an Account that acts as one. */
export type Owner = { readonly kind: 'customer' | 'customerAccount'; readonly id: string };

type Kept = {
  readonly id: string;
  /** unix seconds */
  readonly created: number;
};

export type CustomerRecord = Kept & {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
  readonly defaultPaymentMethod: string | null;
  /** fields that are shown as they were given */
  readonly given: JsonObject;
  /** the same within `invoice_settings` */
  readonly invoiceSettings: JsonObject;
  readonly invoicePrefix: string;
  /** the Account that this customer is as well, null where it is none */
  readonly account: string | null;
  readonly deleted: boolean;
};

export type Check = 'pass' | 'fail' | 'unchecked' | null;

export type CardRecord = {
  readonly brand: string;
  readonly country: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly fingerprint: string;
  readonly funding: string;
  readonly last4: string;
  readonly preferredNetwork: string | null;
  readonly cvcCheck: Check;
  /** what the check will find at attach */
  readonly cvcCheckAtAttach: 'pass' | 'fail';
};

export type PaymentMethodRecord = Kept & {
  readonly type: string;
  readonly card: CardRecord | null;
  /** the hash of any other type */
  readonly hash: JsonObject;
  readonly billingDetails: JsonObject;
  readonly metadata: JsonObject;
  readonly allowRedisplay: string;
  readonly owner: Owner | null;
  /** true once it was detached, or used up by a payment: it can never be attached again */
  readonly spent: boolean;
  /** the code of the refusal at attach, null where there is none */
  readonly decline: string | null;
  /** the code of the refusal when it is charged, null where there is none */
  readonly chargeDecline: string | null;
  /** when an intent asks its holder to authenticate */
  readonly authentication: Authentication;
};

/** Why an intent's last attempt failed, and with what. */
export type IntentError = { readonly failure: Failure; readonly paymentMethod: PaymentMethodRecord };

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';

/** What both kinds of intent have. */
export type IntentRecord = Kept & {
  readonly clientSecret: string;
  readonly status: IntentStatus;
  readonly owner: Owner | null;
  readonly paymentMethodId: string | null;
  readonly paymentMethodTypes: readonly string[];
  /** what `automatic_payment_methods[allow_redirects]` says; null where the types were named */
  readonly automatic: 'always' | 'never' | null;
  readonly returnUrl: string | null;
  readonly lastError: IntentError | null;
  readonly cancellationReason: string | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
  /** fields that are shown as they were given */
  readonly given: JsonObject;
};

export type SetupIntentRecord = IntentRecord & {
  readonly usage: string;
  readonly latestAttempt: string | null;
  readonly mandate: string | null;
};

export type PaymentIntentRecord = IntentRecord & {
  readonly amount: number;
  readonly currency: string;
  readonly setupFutureUsage: string | null;
  readonly latestCharge: string | null;
  readonly canceledAt: number | null;
};

export type WebhookEndpointRecord = Kept & {
  readonly url: string;
  readonly enabledEvents: readonly string[];
  /** null: events are written in the account's version */
  readonly apiVersion: string | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
  readonly disabled: boolean;
  /** true: it hears of the connected accounts instead of its own */
  readonly connect: boolean;
  /** the newest first; one that was rolled signs too until it expires (unix milliseconds) */
  readonly secrets: readonly { readonly secret: string; readonly expiresAt: number | null }[];
};

/** A record together with what it is: what an event is about. */
export type Snapshot =
  | { readonly object: 'customer'; readonly record: CustomerRecord }
  | { readonly object: 'payment_method'; readonly record: PaymentMethodRecord }
  | { readonly object: 'setup_intent'; readonly record: SetupIntentRecord }
  | { readonly object: 'payment_intent'; readonly record: PaymentIntentRecord };

/** The request that caused something; both are null where nobody asked for it. */
export type Origin = { readonly requestId: string | null; readonly idempotencyKey: string | null };

/** What happened, with the records of that moment: they are shown in the version of whoever looks. */
export type EventRecord = Kept &
  Origin & {
    readonly type: string;
    readonly about: Snapshot;
    /** the same before the change, null where the event tells of none */
    readonly before: Snapshot | null;
  };

/** One thing that really happened to a payment method, whatever its caller was told. */
export type Effect = {
  readonly effect: 'attached' | 'detached';
  readonly paymentMethodId: string;
  readonly owner: Owner;
  readonly idempotencyKey: string | null;
  /** null where nobody asked: a cardholder authenticated */
  readonly requestId: string | null;
  /** unix milliseconds */
  readonly at: number;
  /** the account it happened in: the platform's own, or a connected one */
  readonly accountId: string;
  readonly livemode: boolean;
};

/** One text for one owner: what indexes are made of. */
export function ownerKey(owner: Owner): string {
  return `${owner.kind} ${owner.id}`;
}

export function isOwner(one: Owner | null, other: Owner): boolean {
  return one !== null && one.kind === other.kind && one.id === other.id;
}
