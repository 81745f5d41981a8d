import { customerGiven, invoiceSettingsGiven } from '../endpoints/givenFields.ts';
import { pageShapes } from '../endpoints/lists.ts';
import type { Shapes } from '../wire/parameters.ts';
import { intentShapes } from './intentShapes.ts';
import { paymentMethodChanges, paymentMethodData, redisplay } from './paymentMethodShapes.ts';

const expandable = { expand: 'list' } as const;
const owned = { customer: 'text', customer_account: 'text' } as const;

const customerFields = {
  ...expandable,
  ...customerGiven,
  name: 'unsettable',
  email: 'unsettable',
  phone: 'unsettable',
  description: 'unsettable',
  metadata: 'free',
  invoice_settings: { ...invoiceSettingsGiven, default_payment_method: 'unsettable' },
  // Taken, and without effect here: docs/simulator.md lists them.
  cash_balance: 'free',
  source: 'text',
  tax: 'free',
  validate: 'boolean',
} as const satisfies Shapes;

/** The parameters that each endpoint takes; every other one is refused. */
export const shapes = {
  none: {},
  expandable,
  page: pageShapes,
  attach: { ...expandable, ...owned },
  newPaymentMethod: { ...expandable, ...paymentMethodData, customer: 'text', payment_method: 'text' },
  paymentMethod: { ...expandable, ...paymentMethodChanges },
  paymentMethods: { ...pageShapes, ...owned, allow_redisplay: redisplay, type: 'text' },
  customersPaymentMethods: { ...pageShapes, type: 'text', allow_redisplay: redisplay },
  newCustomer: { ...customerFields, payment_method: 'text', tax_id_data: 'list' },
  customer: { ...customerFields, default_source: 'text' },
  customers: { ...pageShapes, email: 'text', created: 'range', test_clock: 'text' },
  ...intentShapes,
  setupIntents: { ...pageShapes, ...owned, attach_to_self: 'boolean', payment_method: 'text', created: 'range' },
  events: { ...pageShapes, type: 'text', types: 'list', created: 'range', delivery_success: 'boolean' },
  newWebhookEndpoint: {
    ...expandable,
    api_version: 'text',
    connect: 'boolean',
    description: 'unsettable',
    enabled_events: 'list',
    metadata: 'free',
    url: 'text',
  },
  webhookEndpoint: {
    ...expandable,
    description: 'unsettable',
    disabled: 'boolean',
    enabled_events: 'list',
    metadata: 'free',
    url: 'text',
  },
} as const satisfies Readonly<Record<string, Shapes>>;
