import { errorObject } from '../wire/failures.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { has } from '../wire/versions.ts';
import type { IntentError, PaymentIntentRecord, SetupIntentRecord } from '../world/records.ts';
import type { View } from './objects.ts';
import { ownerObject, paymentMethodObject } from './objects.ts';

type Intent = SetupIntentRecord | PaymentIntentRecord;

const cardOptions: JsonObject = { mandate_options: null, network: null, request_three_d_secure: 'automatic' };

const setupOptions: Readonly<Record<string, JsonObject>> = {
  card: cardOptions,
  us_bank_account: { mandate_options: {}, verification_method: 'automatic' },
};

const paymentOptions: Readonly<Record<string, JsonObject>> = {
  card: { installments: null, ...cardOptions },
  link: { persistent_token: null },
  us_bank_account: {
    financial_connections: { permissions: ['payment_method'], prefetch: [] },
    mandate_options: {},
    verification_method: 'automatic',
  },
};

/** A SetupIntent (https://docs.stripe.com/api/setup_intents/object). */
export function setupIntentObject(record: SetupIntentRecord, view: View): JsonObject {
  return {
    ...shared(record, view),
    flow_directions: null,
    last_setup_error: lastErrorObject(record.lastError, view),
    latest_attempt: record.latestAttempt,
    mandate: record.mandate,
    next_action: nextAction('setup_intent', record, record.latestAttempt ?? '', view),
    payment_method_options: optionsOf(record, setupOptions),
    single_use_mandate: null,
    usage: record.usage,
    ...record.given,
  };
}

/** A PaymentIntent (https://docs.stripe.com/api/payment_intents/object). */
export function paymentIntentObject(record: PaymentIntentRecord, view: View): JsonObject {
  return {
    ...shared(record, view),
    amount: record.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: record.status === 'succeeded' ? record.amount : 0,
    application_fee_amount: null,
    canceled_at: record.canceledAt,
    capture_method: 'automatic_async',
    confirmation_method: 'automatic',
    currency: record.currency,
    last_payment_error: lastErrorObject(record.lastError, view),
    latest_charge: record.latestCharge,
    next_action: nextAction('payment_intent', record, record.id, view),
    payment_method_options: optionsOf(record, paymentOptions),
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: record.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
    ...record.given,
  };
}

function shared(record: Intent, view: View): Record<string, Json> {
  const { version, livemode, accountId } = view;
  const { automatic } = record;
  return {
    id: record.id,
    object: 'usage' in record ? 'setup_intent' : 'payment_intent',
    ...(has('allowedPaymentMethodTypes', version) ? { allowed_payment_method_types: null } : {}),
    application: null,
    automatic_payment_methods: automatic === null ? null : { allow_redirects: automatic, enabled: true },
    cancellation_reason: record.cancellationReason,
    client_secret: record.clientSecret,
    created: record.created,
    ...ownerObject(record.owner, view),
    description: record.description,
    excluded_payment_method_types: null,
    livemode,
    ...(has('managedPayments', version) ? { managed_payments: null } : {}),
    metadata: record.metadata,
    on_behalf_of: null,
    payment_method: record.paymentMethodId,
    payment_method_configuration_details:
      automatic === null ? null : { id: accountId.replace('acct_', 'pmc_'), parent: null },
    payment_method_types: record.paymentMethodTypes,
    status: record.status,
  };
}

function optionsOf({ paymentMethodTypes }: Intent, options: Readonly<Record<string, JsonObject>>): JsonObject {
  const chosen = paymentMethodTypes.map((type) => [type, options[type]] as const);
  return Object.fromEntries(chosen.filter((pair): pair is [string, JsonObject] => pair[1] !== undefined));
}

function lastErrorObject(error: IntentError | null, view: View): JsonObject | null {
  if (error === null) return null;
  return { ...errorObject(error.failure), payment_method: paymentMethodObject(error.paymentMethod, view) };
}

/** Where the cardholder authenticates: at a page where a return URL was given, else by Stripe.js. */
function nextAction(kind: string, record: Intent, source: string, { accountId }: View): JsonObject | null {
  if (record.status !== 'requires_action') return null;
  const query = `merchant=${accountId}&${kind}=${record.id}&${kind}_client_secret=${record.clientSecret}&source=${source}`;
  const url = `https://hooks.stripe.com/3d_secure_2/hosted?${query}`;
  return record.returnUrl === null
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { source, stripe_js: url, type: 'three_d_secure_redirect' } }
    : { redirect_to_url: { return_url: record.returnUrl, url }, type: 'redirect_to_url' };
}
