import type { CustomerReference, PaymentMethodId } from './identifiers.ts';

/** The part of a card that the trail keeps: enough to show to a person, never enough to charge it. */
export type CardSummary = {
  readonly brand: string;
  readonly last4: string;
  /** 1 to 12 */
  readonly expMonth: number;
  /** four digits */
  readonly expYear: number;
  readonly funding: string;
  readonly country: string | null;
  readonly fingerprint: string | null;
  readonly wallet: string | null;
  readonly checks: {
    readonly cvc: string | null;
    readonly addressLine1: string | null;
    readonly addressPostalCode: string | null;
  };
};

/** What Stripe says of a payment method, reduced to what the trail keeps. */
export type PaymentMethodSummary = {
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference | null;
  /** Stripe's `type`, an open set: new values appear without a new API version. */
  readonly type: string;
  readonly card: CardSummary | null;
  readonly livemode: boolean;
  /** unix seconds */
  readonly created: number;
};
