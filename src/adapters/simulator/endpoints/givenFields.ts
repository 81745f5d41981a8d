import type { Shapes } from '../wire/parameters.ts';

/** A postal address, as everything that has one takes it. */
export const address = {
  city: 'unsettable',
  country: 'unsettable',
  line1: 'unsettable',
  line2: 'unsettable',
  postal_code: 'unsettable',
  state: 'unsettable',
} as const satisfies Shapes;

/** What a customer shows as it was given. */
export const customerGiven = {
  address: ['unsettable', address],
  balance: 'integer',
  business_name: 'unsettable',
  individual_name: 'unsettable',
  invoice_prefix: 'text',
  next_invoice_sequence: 'integer',
  preferred_locales: 'list',
  shipping: ['unsettable', { address, name: 'text', phone: 'unsettable' }],
  tax_exempt: ['', 'exempt', 'none', 'reverse'],
  test_clock: 'text',
} as const satisfies Shapes;

/** What a customer's `invoice_settings` show as it was given. */
export const invoiceSettingsGiven = {
  custom_fields: 'free',
  footer: 'unsettable',
  rendering_options: 'free',
} as const satisfies Shapes;

const intentGiven = { excluded_payment_method_types: 'free', on_behalf_of: 'text' } as const satisfies Shapes;

/** What a SetupIntent shows as it was given. */
export const setupGiven = {
  ...intentGiven,
  attach_to_self: 'boolean',
  flow_directions: 'list',
} as const satisfies Shapes;

/** What a PaymentIntent shows as it was given. */
export const paymentGiven = {
  ...intentGiven,
  application_fee_amount: 'integer',
  capture_method: ['automatic', 'automatic_async', 'manual'],
  confirmation_method: ['automatic', 'manual'],
  receipt_email: 'unsettable',
  shipping: [
    'unsettable',
    { address, carrier: 'unsettable', name: 'text', phone: 'unsettable', tracking_number: 'unsettable' },
  ],
  statement_descriptor: 'text',
  statement_descriptor_suffix: 'text',
  transfer_data: 'free',
  transfer_group: 'text',
} as const satisfies Shapes;
