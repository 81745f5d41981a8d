import { pageShapes } from '../endpoints/lists.ts';
import { paymentMethodTypes } from '../instruments/paymentMethodTypes.ts';
import type { Shapes } from '../wire/parameters.ts';

const expandable: Shapes = { expand: 'list' };
const owned: Shapes = { customer: 'text', customer_account: 'text' };
const redisplay = ['always', 'limited', 'unspecified'];

const address: Shapes = {
  city: 'unsettable',
  country: 'unsettable',
  line1: 'unsettable',
  line2: 'unsettable',
  postal_code: 'unsettable',
  state: 'unsettable',
};
const billingDetails: Shapes = {
  address,
  email: 'unsettable',
  name: 'unsettable',
  phone: 'unsettable',
  tax_id: 'unsettable',
};

const customerFields: Shapes = {
  ...expandable,
  name: 'unsettable',
  email: 'unsettable',
  phone: 'unsettable',
  description: 'unsettable',
  metadata: 'free',
  invoice_settings: { default_payment_method: 'unsettable' },
};

const typeHashes: Shapes = {
  ...Object.fromEntries([...paymentMethodTypes.keys()].map((type) => [type, {}])),
  card: { token: 'text', number: 'text', exp_month: 'integer', exp_year: 'integer', cvc: 'text' },
  acss_debit: { account_number: 'text', institution_number: 'text', transit_number: 'text' },
  au_becs_debit: { account_number: 'text', bsb_number: 'text' },
  bacs_debit: { account_number: 'text', sort_code: 'text' },
  sepa_debit: { iban: 'text' },
  us_bank_account: {
    account_holder_type: 'text',
    account_number: 'text',
    account_type: 'text',
    routing_number: 'text',
  },
  ideal: { bank: 'text' },
};

const intentFields: Shapes = {
  ...expandable,
  ...owned,
  description: 'text',
  metadata: 'free',
  payment_method: 'text',
  payment_method_types: 'list',
};

const newIntentFields: Shapes = {
  ...intentFields,
  automatic_payment_methods: { enabled: 'boolean', allow_redirects: ['always', 'never'] },
  confirm: 'boolean',
  mandate_data: 'free',
  return_url: 'text',
};

/** The parameters that each endpoint takes; every other one is refused. */
export const shapes = {
  none: {},
  expandable,
  page: pageShapes,
  attach: { ...expandable, ...owned },
  newPaymentMethod: {
    ...expandable,
    ...typeHashes,
    type: 'text',
    customer: 'text',
    metadata: 'free',
    allow_redisplay: redisplay,
    billing_details: billingDetails,
  },
  paymentMethod: {
    ...expandable,
    metadata: 'free',
    allow_redisplay: redisplay,
    billing_details: billingDetails,
    card: { exp_month: 'integer', exp_year: 'integer', networks: { preferred: 'text' } },
  },
  paymentMethods: { ...pageShapes, ...owned, type: 'text' },
  customersPaymentMethods: { ...pageShapes, type: 'text', allow_redisplay: redisplay },
  newCustomer: { ...customerFields, payment_method: 'text' },
  customer: customerFields,
  customers: { ...pageShapes, email: 'text', created: 'range' },
  newSetupIntent: { ...newIntentFields, usage: ['off_session', 'on_session'] },
  setupIntent: intentFields,
  setupIntents: { ...pageShapes, ...owned, payment_method: 'text', created: 'range' },
  setupConfirmation: { ...expandable, payment_method: 'text', mandate_data: 'free', return_url: 'text' },
  cancellation: { ...expandable, cancellation_reason: ['abandoned', 'duplicate', 'requested_by_customer'] },
  newPaymentIntent: {
    ...newIntentFields,
    amount: 'integer',
    currency: 'text',
    off_session: 'boolean',
    setup_future_usage: ['off_session', 'on_session'],
  },
  paymentConfirmation: {
    ...expandable,
    mandate_data: 'free',
    off_session: 'boolean',
    payment_method: 'text',
    return_url: 'text',
    setup_future_usage: ['off_session', 'on_session'],
  },
  events: { ...pageShapes, type: 'text', types: 'list', created: 'range' },
  newWebhookEndpoint: {
    ...expandable,
    api_version: 'text',
    connect: 'boolean',
    description: 'text',
    enabled_events: 'list',
    metadata: 'free',
    url: 'text',
  },
  webhookEndpoint: {
    ...expandable,
    description: 'text',
    disabled: 'boolean',
    enabled_events: 'list',
    metadata: 'free',
    url: 'text',
  },
} as const satisfies Readonly<Record<string, Shapes>>;
