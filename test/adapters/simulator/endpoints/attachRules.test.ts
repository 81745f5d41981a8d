import { describe, expect, it } from 'vitest';
import type { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

const pm = 'pm_1Rules';
const cus = 'cus_Rules';

function anyPair(added: Parameters<StripeAccount['addPaymentMethod']>[0] = {}) {
  const { account } = anyAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: pm, ...added });
  return account;
}

const attach = (body = `customer=${cus}`, id = pm) => post(`payment_methods/${id}/attach`, body, { key: 'key-1' });
const detach = (id = pm) => post(`payment_methods/${id}/detach`, '');

type Row = {
  readonly title: string;
  readonly given?: (account: StripeAccount) => void;
  readonly when: ReturnType<typeof post>;
  readonly expected: { readonly status: number; readonly error: Record<string, unknown> };
  readonly saved: boolean;
};

const rows: readonly Row[] = [
  {
    title: 'an unknown payment method is 404',
    when: attach(undefined, 'pm_nope'),
    expected: {
      status: 404,
      error: {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
        message: "No such PaymentMethod: 'pm_nope'",
        doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
      },
    },
    saved: false,
  },
  {
    title: 'an alias of no test card is 404',
    when: attach(undefined, 'pm_card_nope'),
    expected: { status: 404, error: { code: 'resource_missing', param: 'payment_method' } },
    saved: false,
  },
  {
    title: 'an unknown customer is 400',
    when: attach('customer=cus_nope'),
    expected: {
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'customer',
        message: "No such customer: 'cus_nope'",
      },
    },
    saved: false,
  },
  {
    title: 'a deleted customer is 400',
    given: (account) => account.handle({ ...post(`customers/${cus}`, ''), method: 'DELETE' }),
    when: attach(),
    expected: { status: 400, error: { code: 'resource_missing', param: 'customer' } },
    saved: false,
  },
  {
    title: 'an unknown customer account is 400',
    when: attach('customer_account=acct_nope'),
    expected: { status: 400, error: { code: 'resource_missing', param: 'customer_account' } },
    saved: false,
  },
  {
    title: 'no customer at all is 400 without a param',
    when: attach(''),
    expected: {
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'parameter_missing',
        param: undefined,
        message: 'Must provide customer or customer_account.',
      },
    },
    saved: false,
  },
  {
    title: 'a customer and a customer account together are 400',
    when: attach(`customer=${cus}&customer_account=acct_1`),
    expected: { status: 400, error: { type: 'invalid_request_error', code: 'parameters_exclusive' } },
    saved: false,
  },
  {
    title: 'an unknown parameter is 400 and named',
    when: attach(`customer=${cus}&foo=1`),
    expected: {
      status: 400,
      error: { code: 'parameter_unknown', param: 'foo', message: 'Received unknown parameter: foo' },
    },
    saved: false,
  },
  {
    title: 'several unknown parameters are named together',
    when: attach(`a=1&b=2`),
    expected: { status: 400, error: { code: 'parameter_unknown', message: 'Received unknown parameters: a, b' } },
    saved: false,
  },
  {
    title: 'an empty customer is 400',
    when: attach('customer='),
    expected: { status: 400, error: { code: 'parameter_invalid_empty', param: 'customer' } },
    saved: false,
  },
  {
    title: 'a property that cannot be expanded is 400',
    when: attach(`customer=${cus}&expand[]=card`),
    expected: { status: 400, error: { message: 'This property cannot be expanded (card).' } },
    saved: false,
  },
  {
    title: 'a payment method of another customer is 400 without a code',
    given: (account) => account.handle(post(`payment_methods/${pm}/attach`, `customer=${account.addCustomer()}`)),
    when: attach(),
    expected: {
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: undefined,
        doc_url: undefined,
        message: 'The payment method you provided has already been attached to a customer.',
      },
    },
    saved: true,
  },
  {
    title: 'a payment method detached before is 400 without a code',
    given: (account) => {
      account.handle(post(`payment_methods/${pm}/attach`, `customer=${cus}`));
      account.handle(detach());
    },
    when: attach(),
    expected: {
      status: 400,
      error: {
        code: undefined,
        message:
          'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
      },
    },
    saved: true,
  },
  {
    title: 'a type that no customer can keep is 400',
    given: (account) => account.addPaymentMethod({ id: pm, type: 'ideal' }),
    when: attach(),
    expected: { status: 400, error: { message: "PaymentMethods of type 'ideal' cannot be saved to customers." } },
    saved: true,
  },
];

describe('an attach that is refused', () => {
  it.each(rows)('$title', ({ given, when, expected, saved }) => {
    const account = anyPair();
    given?.(account);
    const before = account.effects.length;
    const response = account.handle(when);
    expect(response.status).toBe(expected.status);
    expect(errorIn(response)).toMatchObject(Object.fromEntries(defined(expected.error)));
    for (const [name, value] of Object.entries(expected.error)) {
      if (value === undefined) expect(errorIn(response)).not.toHaveProperty(name);
    }
    expect(response.headers['stripe-should-retry']).toBe(saved ? 'false' : undefined);
    expect(account.effects).toHaveLength(before);
  });

  it('says where Stripe logged it and ends with a newline', () => {
    const response = anyPair().handle(attach('customer=cus_nope'));
    const requestId = response.headers['request-id'];
    expect(errorIn(response)['request_log_url']).toBe(
      `https://dashboard.stripe.com/test/logs/${requestId}?t=1762776000`,
    );
    expect(response.body.endsWith('}\n')).toBe(true);
  });

  it('writes the keys of the error by name', () => {
    const names = Object.keys(errorIn(anyPair().handle(attach('customer=cus_nope'))));
    expect(names).toEqual(['code', 'doc_url', 'message', 'param', 'request_log_url', 'type']);
  });

  it('counts the payment methods of a customer where a limit is set', () => {
    const { account } = anyAccount({ maxPaymentMethodsPerCustomer: 1 });
    account.addCustomer(cus);
    account.handle(attach(undefined, 'pm_card_visa'));
    const response = account.handle(post(`payment_methods/pm_card_visa/attach`, `customer=${cus}`));
    expect(response.status).toBe(400);
    expect(errorIn(response)['code']).toBe('customer_max_payment_methods');
  });
});

describe('an attach', () => {
  it('shows the customer, passes the check of the security code, and is noted as an effect', () => {
    const account = anyPair();
    const shown = objectIn(account.handle(attach()));
    expect(shown).toMatchObject({ id: pm, customer: cus, card: { checks: { cvc_check: 'pass' } } });
    expect(account.effects).toEqual([
      {
        effect: 'attached',
        paymentMethodId: pm,
        owner: { kind: 'customer', id: cus },
        idempotencyKey: 'key-1',
        requestId: expect.stringMatching(/^req_/) as string,
        at: Date.UTC(2025, 10, 10, 12),
        accountId: account.id,
        livemode: false,
      },
    ]);
  });

  it('is 200 again for the same customer, and changes nothing', () => {
    const account = anyPair();
    const first = account.handle(attach());
    const second = account.handle(post(`payment_methods/${pm}/attach`, `customer=${cus}`));
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect(account.effects).toHaveLength(1);
  });

  it('to the same customer is not declined, whatever the card has come to', () => {
    const account = anyPair({ owner: { kind: 'customer', id: cus }, decline: 'lost_card' });
    expect(account.handle(attach()).status).toBe(200);
  });

  it('expands its customer when asked to', () => {
    const shown = objectIn(anyPair().handle(attach(`customer=${cus}&expand[0]=customer`)));
    expect(shown['customer']).toMatchObject({ id: cus, object: 'customer' });
  });

  it.each([
    { version: '2025-10-29.clover', sees: {} },
    { version: '2025-12-15.clover', sees: { customer_account: null } },
    { version: '2026-03-25.dahlia', sees: { customer_account: null } },
  ])('at $version has customer_account only where the version has it', ({ version, sees }) => {
    const request = post(`payment_methods/${pm}/attach`, `customer=${cus}`, { version });
    const shown = objectIn(anyPair().handle(request));
    expect('customer_account' in shown ? { customer_account: shown['customer_account'] } : {}).toEqual(sees);
  });

  it('to a customer account echoes it, with a customer of null', () => {
    const account = anyPair();
    const id = account.addCustomerAccount('acct_1Owner');
    const shown = objectIn(account.handle(attach(`customer_account=${id}`)));
    expect(shown).toMatchObject({ customer: null, customer_account: 'acct_1Owner' });
  });
});

describe('a detach', () => {
  it('is for good, and is noted as an effect', () => {
    const account = anyPair();
    account.handle(attach());
    expect(objectIn(account.handle(detach()))).toMatchObject({ id: pm, customer: null });
    expect(account.effects.map(({ effect }) => effect)).toEqual(['attached', 'detached']);
    expect(account.handle(post(`payment_methods/${pm}/attach`, `customer=${cus}`)).status).toBe(400);
  });

  it('of the default clears it', () => {
    const account = anyPair();
    account.handle(attach());
    account.handle(post(`customers/${cus}`, `invoice_settings[default_payment_method]=${pm}`));
    account.handle(detach());
    expect(objectIn(account.handle(get(`customers/${cus}`)))).toMatchObject({
      invoice_settings: { default_payment_method: null },
    });
  });

  it('of one that is not attached is 400 without a code', () => {
    const response = anyPair().handle(detach());
    expect(response.status).toBe(400);
    expect(errorIn(response)).toMatchObject({
      message: 'The payment method you provided is not attached to a customer so detachment is impossible.',
    });
    expect(errorIn(response)).not.toHaveProperty('code');
  });

  it('of an unknown one is 404', () => {
    expect(anyPair().handle(detach('pm_nope')).status).toBe(404);
  });
});

function defined(error: Record<string, unknown>) {
  return Object.entries(error).filter(([, value]) => value !== undefined);
}
