import type { SetupIntent } from '../../domain/gatewayAnswers.ts';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import { isAttemptId, isSameCustomer } from '../../domain/identifiers.ts';
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

type Expected = CustomerReference | undefined;

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

/** The summary, with whose it is; undefined where two are named and nothing was expected. */
export function summaryOf(object: PaymentMethodJson, expected: CustomerReference): PaymentMethodSummary;
export function summaryOf(object: PaymentMethodJson, expected: Expected): PaymentMethodSummary | undefined;
export function summaryOf(object: PaymentMethodJson, expected: Expected): PaymentMethodSummary | undefined {
  const { id, type, card, livemode, created } = object;
  const customer = customerOf(object, expected);
  if (customer === undefined) return undefined;
  return {
    paymentMethodId: id,
    customer,
    type,
    card: card === undefined ? null : cardSummaryOf(card),
    livemode,
    created,
  };
}

/** The SetupIntent, with whose it is; undefined where two are named and nothing was expected. */
export function setupIntentOf(object: SetupIntentJson, expected: CustomerReference): SetupIntent;
export function setupIntentOf(object: SetupIntentJson, expected: Expected): SetupIntent | undefined;
export function setupIntentOf(object: SetupIntentJson, expected: Expected): SetupIntent | undefined {
  const customer = customerOf(object, expected);
  if (customer === undefined) return undefined;
  return {
    setupIntentId: object.id,
    clientSecret: object.client_secret,
    status: object.status,
    customer,
    paymentMethodId: object.payment_method,
    attemptId: attemptIn(object.metadata['attempt_id']),
  };
}

/** Whose it is: of two names the one that was expected, undefined where nothing was. */
function customerOf(
  { customer, customer_account: account = null }: OwnedJson,
  expected: Expected,
): CustomerReference | null | undefined {
  if (account === null) return customer === null ? null : { kind: 'customer', id: customer };
  const asAccount = { kind: 'customerAccount', id: account } as const;
  if (customer === null) return asAccount;
  if (expected === undefined) return undefined;
  return isSameCustomer(asAccount, expected) ? asAccount : { kind: 'customer', id: customer };
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
