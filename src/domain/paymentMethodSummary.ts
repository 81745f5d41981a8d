import type { CustomerReference, PaymentMethodId } from './identifiers.ts';

/** What stands where a personal field cannot be read: its key is destroyed, or is not this reader's. */
export type Redacted = 'redacted';

/** The part of a card that the trail keeps: enough to show to a person, never enough to charge it. */
export type CardSummary = {
  readonly brand: string;
  /** four digits, or `redacted` */
  readonly last4: string;
  /** 1 to 12 */
  readonly expMonth: number | Redacted;
  /** four digits */
  readonly expYear: number | Redacted;
  readonly funding: string;
  readonly country: string | null;
  /** or `redacted` */
  readonly fingerprint: string | null;
  readonly wallet: string | null;
  readonly checks: {
    readonly cvc: string | null;
    readonly addressLine1: string | null;
    readonly addressPostalCode: string | null;
  };
};

/** Whose name and address Stripe keeps with it. https://docs.stripe.com/api/payment_methods/object#payment_method_object-billing_details */
export type BillingDetails = {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: {
    readonly line1: string | null;
    readonly line2: string | null;
    readonly postalCode: string | null;
    readonly city: string | null;
    readonly state: string | null;
    /** ISO 3166-1 alpha-2 */
    readonly country: string | null;
  };
};

/** What Stripe says of a payment method, reduced to what the trail keeps. */
export type PaymentMethodSummary = {
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference | null;
  /** Stripe's `type`, an open set: new values appear without a new API version. */
  readonly type: string;
  readonly card: CardSummary | null;
  /** absent unless the host asked the gateway for it, and its event store encrypts it */
  readonly billingDetails?: BillingDetails | Redacted | undefined;
  readonly livemode: boolean;
  /** unix seconds */
  readonly created: number;
};
