import type { SetupIntent } from '../../domain/gatewayAnswers.ts';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import { customerAmong, isAttemptId } from '../../domain/identifiers.ts';
import type { CardSummary, PaymentMethodSummary } from '../../domain/paymentMethodSummary.ts';

type CardJson = {
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly funding: string;
  readonly country: string | null;
  readonly fingerprint: string | null;
  readonly wallet: { readonly type: string } | null;
  readonly checks: {
    readonly cvc_check: string | null;
    readonly address_line1_check: string | null;
    readonly address_postal_code_check: string | null;
  };
};

type OwnedJson = { readonly customer: CustomerId | null; readonly customer_account?: AccountId | null };

/** The PaymentMethod as the simulator writes it. */
export type PaymentMethodJson = OwnedJson & {
  readonly id: PaymentMethodId;
  readonly type: string;
  readonly card?: CardJson;
  readonly livemode: boolean;
  readonly created: number;
};

/** The Customer as the simulator writes it. */
export type CustomerJson = { readonly id: CustomerId } & (
  | { readonly deleted: true }
  | {
      readonly deleted?: undefined;
      readonly invoice_settings: { readonly default_payment_method: PaymentMethodId | null };
    }
);

/** The SetupIntent as the simulator writes it. */
export type SetupIntentJson = OwnedJson & {
  readonly id: SetupIntentId;
  readonly client_secret: string;
  readonly status: string;
  readonly payment_method: PaymentMethodId | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The summary, with whose it is: of two names the one expected, else the customer. */
export function summaryOf(object: PaymentMethodJson, expected?: CustomerReference): PaymentMethodSummary {
  const { id, type, card, livemode, created } = object;
  return {
    paymentMethodId: id,
    customer: customerAmong(namesIn(object), expected),
    type,
    card: card === undefined ? null : cardSummaryOf(card),
    livemode,
    created,
  };
}

/** The SetupIntent, with whose it is: of two names the one expected, else the customer. */
export function setupIntentOf(object: SetupIntentJson, expected?: CustomerReference): SetupIntent {
  return {
    setupIntentId: object.id,
    clientSecret: object.client_secret,
    status: object.status,
    customer: customerAmong(namesIn(object), expected),
    paymentMethodId: object.payment_method,
    attemptId: attemptIn(object.metadata['attach_payment_method_attempt_id']),
  };
}

/** What one is called: a customer, an account, or both, the customer first. */
export function namesIn({ customer, customer_account: account = null }: OwnedJson): readonly CustomerReference[] {
  return [
    ...(customer === null ? [] : [{ kind: 'customer', id: customer } as const]),
    ...(account === null ? [] : [{ kind: 'customerAccount', id: account } as const]),
  ];
}

function attemptIn(value: string | undefined): AttemptId | null {
  return value !== undefined && isAttemptId(value) ? value : null;
}

function cardSummaryOf(card: CardJson): CardSummary {
  return {
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    funding: card.funding,
    country: card.country,
    fingerprint: card.fingerprint,
    wallet: card.wallet?.type ?? null,
    checks: {
      cvc: card.checks.cvc_check,
      addressLine1: card.checks.address_line1_check,
      addressPostalCode: card.checks.address_postal_code_check,
    },
  };
}
