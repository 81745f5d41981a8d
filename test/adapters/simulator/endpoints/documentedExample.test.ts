import { expect, it } from 'vitest';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, apiKey } from '../support.ts';

const documented = {
  id: 'pm_1MqM05LkdIwHu7ixlDxxO6Mc',
  object: 'payment_method',
  billing_details: {
    address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    email: null,
    name: null,
    phone: null,
  },
  card: {
    brand: 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    exp_month: 8,
    exp_year: 2026,
    fingerprint: 'mToisGZ01V71BCos',
    funding: 'credit',
    generated_from: null,
    last4: '4242',
    networks: { available: ['visa'], preferred: null },
    three_d_secure_usage: { supported: true },
    wallet: null,
  },
  created: 1679946402,
  customer: 'cus_NbZ8Ki3f322LNn',
  livemode: false,
  metadata: {},
  type: 'card',
};

const sinceDocumented = {
  allow_redisplay: 'unspecified',
  billing_details: { ...documented.billing_details, tax_id: null },
  card: { ...documented.card, display_brand: 'visa', regulated_status: 'unregulated' },
};

async function documentedCurl() {
  const { url } = await anySimulator();
  return fetch(`${url}/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('sk_test_BQokikJOvBiI2HlWgH4olfQ2:')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: '*/*',
      'user-agent': 'curl/8.5.0',
    },
    body: 'customer=cus_NbZ8Ki3f322LNn',
  });
}

it('answers the documented curl with every documented field and value', async () => {
  const response = await documentedCurl();
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ...documented, ...sinceDocumented });
});

it('writes the documented keys in the documented order, indented by two spaces', async () => {
  const text = await (await documentedCurl()).text();
  expect(text.startsWith('{\n  "id": "pm_1MqM05LkdIwHu7ixlDxxO6Mc",\n  "object": "payment_method",\n')).toBe(true);
  expect(text.endsWith('}')).toBe(true);
  const answered = JSON.parse(text) as typeof documented;
  const documentedOnly = (shown: object, wanted: object) => Object.keys(shown).filter((name) => name in wanted);
  expect(documentedOnly(answered, documented)).toEqual(Object.keys(documented));
  expect(documentedOnly(answered.card, documented.card)).toEqual(Object.keys(documented.card));
  expect(documentedOnly(answered.billing_details, documented.billing_details)).toEqual(
    Object.keys(documented.billing_details),
  );
});

it('starts with the documented payment method not attached to anybody', async () => {
  const { url } = await anySimulator();
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${url}/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc`, { headers });
  expect(await response.json()).toMatchObject({ customer: null, card: { checks: { cvc_check: 'unchecked' } } });
});

it('attaches the documented payment method to the account that acts as a customer', async () => {
  const { url, account } = await anySimulator();
  const response = await fetch(`${url}/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: new URLSearchParams({ customer_account: 'acct_1CustomerExample0001' }),
  });
  expect(await response.json()).toMatchObject({ customer: null, customer_account: 'acct_1CustomerExample0001' });
  expect(account.effects).toMatchObject([{ effect: 'attached', owner: { kind: 'customerAccount' } }]);
});

it('leaves an account of its own empty', () => {
  expect(new StripeAccount().has('cus_NbZ8Ki3f322LNn')).toBe(false);
});
