import { paymentGiven, setupGiven } from '../endpoints/givenFields.ts';
import type { Shapes } from '../wire/parameters.ts';
import { paymentMethodData } from './paymentMethodShapes.ts';

const expandable = { expand: 'list' } as const;
const futureUsage = ['', 'off_session', 'on_session'] as const;

/** Taken, and without effect here: docs/simulator.md lists them. */
const withoutEffect = {
  payment_method_options: 'free',
  use_stripe_sdk: 'boolean',
} as const satisfies Shapes;
const paymentWithoutEffect = {
  ...withoutEffect,
  amount_details: 'free',
  error_on_requires_action: 'boolean',
  mandate: 'text',
  payment_details: 'free',
  radar_options: { session: 'text' },
} as const satisfies Shapes;

const confirmed = {
  ...expandable,
  confirmation_token: 'text',
  mandate_data: 'free',
  payment_method: 'text',
  payment_method_data: paymentMethodData,
  return_url: 'text',
} as const satisfies Shapes;

const described = {
  ...expandable,
  customer: 'text',
  customer_account: 'text',
  description: 'text',
  metadata: 'free',
  payment_method: 'text',
  payment_method_configuration: 'text',
  payment_method_data: paymentMethodData,
  payment_method_types: 'list',
} as const satisfies Shapes;

const created = {
  ...described,
  ...confirmed,
  automatic_payment_methods: { allow_redirects: ['always', 'never'], enabled: 'boolean' },
  confirm: 'boolean',
} as const satisfies Shapes;

/** The parameters that the endpoints of intents take. */
export const intentShapes = {
  intent: { ...expandable, client_secret: 'text' },
  newSetupIntent: {
    ...created,
    ...withoutEffect,
    ...setupGiven,
    single_use: { amount: 'integer', currency: 'text' },
    usage: ['off_session', 'on_session'],
  },
  setupIntent: { ...described, ...setupGiven, payment_method_options: 'free' },
  setupConfirmation: { ...confirmed, ...withoutEffect },
  cancellation: { ...expandable, cancellation_reason: ['abandoned', 'duplicate', 'requested_by_customer'] },
  newPaymentIntent: {
    ...created,
    ...paymentWithoutEffect,
    ...paymentGiven,
    amount: 'integer',
    currency: 'text',
    off_session: ['true', 'false', 'one_off', 'recurring'],
    setup_future_usage: ['off_session', 'on_session'],
  },
  paymentConfirmation: {
    ...confirmed,
    ...paymentWithoutEffect,
    ...paymentGiven,
    off_session: ['true', 'false', 'one_off', 'recurring'],
    payment_method_types: 'list',
    setup_future_usage: futureUsage,
  },
} as const satisfies Readonly<Record<string, Shapes>>;
