import type Stripe from 'stripe';

/** Values that no customer has, one in every field of a person's that the simulated Stripe takes. */
const billing = {
  name: 'Canária Name-7f3a',
  email: 'canary-mail-7f3a@example.test',
  phone: '+999 7f3a 0100',
  address: {
    line1: 'Canary Line-One-7f3a',
    line2: 'Canary Line-Two-7f3a',
    postal_code: 'ZIP-7f3a-1',
    city: 'Canary-City-7f3a',
    state: 'Canary-State-7f3a',
    country: 'PT',
  },
};
const number = '5105105105105100';
const changedEmail = 'canary-changed-7f3a@example.test';

/** The host's own key at Stripe. */
export const apiKey = 'sk_test_Canary7f3aKey';

/** What must stand nowhere, however the module is set up. */
export const personalCanaries: readonly string[] = [
  apiKey,
  billing.name,
  // As JSON, SQL and HTML may spell it.
  'ria Name-7f3a',
  billing.email,
  changedEmail,
  billing.phone,
  billing.address.line1,
  billing.address.line2,
  billing.address.postal_code,
  billing.address.city,
  billing.address.state,
  number,
  'Canary-Metadata-7f3a',
  'Canary-Customer-7f3a',
];

export const email = billing.email;
export const newEmail = changedEmail;

/** What a card adds where its group is encrypted; its last four digits as JSON and people write them. */
export function cardCanaries(fingerprint: string): readonly string[] {
  return [fingerprint, '"5100"', '•••• 5100', '05/2099'];
}

/** A card with a canary in each field; a declined one where it is to be refused. */
export function canaryCard(sdk: Stripe, card = number): Promise<Stripe.PaymentMethod> {
  return sdk.paymentMethods.create({
    type: 'card',
    card: { number: card, exp_month: 5, exp_year: 2099, cvc: '987' },
    billing_details: billing,
    metadata: { note: 'Canary-Metadata-7f3a' },
  });
}

export function canaryCustomer(sdk: Stripe): Promise<Stripe.Customer> {
  return sdk.customers.create({
    name: 'Canary-Customer-7f3a',
    email: billing.email,
    phone: billing.phone,
    address: billing.address,
  });
}
