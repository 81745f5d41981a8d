import type { Stripe } from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { shapes } from '../../../../src/adapters/simulator/pipeline/shapes.ts';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

/** What the official SDK's types let one send that the simulator would call unknown. */
type Missing<Parameters, Taken> = Exclude<keyof Parameters, keyof Taken>;

describe('every parameter that the official SDK’s types name is taken', () => {
  it('of payment methods', () => {
    expectTypeOf<Missing<Stripe.PaymentMethodAttachParams, typeof shapes.attach>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentMethodDetachParams, typeof shapes.expandable>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentMethodRetrieveParams, typeof shapes.expandable>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentMethodCreateParams, typeof shapes.newPaymentMethod>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentMethodUpdateParams, typeof shapes.paymentMethod>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentMethodListParams, typeof shapes.paymentMethods>>().toBeNever();
    expectTypeOf<Missing<Stripe.CustomerListPaymentMethodsParams, typeof shapes.customersPaymentMethods>>().toBeNever();
  });

  it('of customers', () => {
    expectTypeOf<Missing<Stripe.CustomerCreateParams, typeof shapes.newCustomer>>().toBeNever();
    expectTypeOf<Missing<Stripe.CustomerUpdateParams, typeof shapes.customer>>().toBeNever();
    expectTypeOf<Missing<Stripe.CustomerListParams, typeof shapes.customers>>().toBeNever();
  });

  it('of intents', () => {
    expectTypeOf<Missing<Stripe.SetupIntentCreateParams, typeof shapes.newSetupIntent>>().toBeNever();
    expectTypeOf<Missing<Stripe.SetupIntentUpdateParams, typeof shapes.setupIntent>>().toBeNever();
    expectTypeOf<Missing<Stripe.SetupIntentListParams, typeof shapes.setupIntents>>().toBeNever();
    expectTypeOf<Missing<Stripe.SetupIntentConfirmParams, typeof shapes.setupConfirmation>>().toBeNever();
    expectTypeOf<Missing<Stripe.SetupIntentCancelParams, typeof shapes.cancellation>>().toBeNever();
    expectTypeOf<Missing<Stripe.SetupIntentRetrieveParams, typeof shapes.intent>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentIntentCreateParams, typeof shapes.newPaymentIntent>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentIntentConfirmParams, typeof shapes.paymentConfirmation>>().toBeNever();
    expectTypeOf<Missing<Stripe.PaymentIntentRetrieveParams, typeof shapes.intent>>().toBeNever();
  });

  it('of events and webhook endpoints', () => {
    expectTypeOf<Missing<Stripe.EventListParams, typeof shapes.events>>().toBeNever();
    expectTypeOf<Missing<Stripe.WebhookEndpointCreateParams, typeof shapes.newWebhookEndpoint>>().toBeNever();
    expectTypeOf<Missing<Stripe.WebhookEndpointUpdateParams, typeof shapes.webhookEndpoint>>().toBeNever();
    expectTypeOf<Missing<Stripe.WebhookEndpointListParams, typeof shapes.page>>().toBeNever();
  });
});

const address = { city: 'Paris', country: null, line1: '1 rue X', line2: null, postal_code: null, state: null };

describe('what was given is shown, where an object has a place for it', () => {
  it.each<[string, string, object]>([
    ['customers', 'address[city]=Paris&address[line1]=1 rue X', { address }],
    [
      'customers',
      'shipping[name]=Ana&shipping[address][city]=Paris&shipping[address][line1]=1 rue X',
      { shipping: { address, name: 'Ana', phone: null } },
    ],
    [
      'customers',
      'balance=-500&next_invoice_sequence=7&invoice_prefix=ANA',
      { balance: -500, next_invoice_sequence: 7, invoice_prefix: 'ANA' },
    ],
    [
      'customers',
      'preferred_locales[]=fr&preferred_locales[]=en&tax_exempt=reverse',
      { preferred_locales: ['fr', 'en'], tax_exempt: 'reverse' },
    ],
    [
      'customers',
      'invoice_settings[footer]=Merci&invoice_settings[custom_fields][0][name]=PO&invoice_settings[custom_fields][0][value]=7',
      {
        invoice_settings: {
          custom_fields: [{ name: 'PO', value: '7' }],
          default_payment_method: null,
          footer: 'Merci',
        },
      },
    ],
    [
      'setup_intents',
      'attach_to_self=true&flow_directions[]=inbound',
      { attach_to_self: true, flow_directions: ['inbound'] },
    ],
    [
      'setup_intents',
      'on_behalf_of=acct_1&excluded_payment_method_types[]=link',
      { on_behalf_of: 'acct_1', excluded_payment_method_types: ['link'] },
    ],
    [
      'payment_intents',
      'amount=100&currency=eur&capture_method=manual&receipt_email=a@example.com&statement_descriptor=SHOP&transfer_group=g1&application_fee_amount=5',
      {
        capture_method: 'manual',
        receipt_email: 'a@example.com',
        statement_descriptor: 'SHOP',
        transfer_group: 'g1',
        application_fee_amount: 5,
      },
    ],
  ])('%s with %s', (path, body, shown) => {
    const { account } = anyAccount();
    const made = objectIn(account.handle(post(path, body)));
    expect(made).toMatchObject(shown);
    expect(objectIn(account.handle(get(`${path}/${String(made['id'])}`)))).toEqual(made);
  });

  it.each([
    'single_use[amount]=100&single_use[currency]=eur&usage=on_session',
    'payment_method_options[card][request_three_d_secure]=any&use_stripe_sdk=true',
    'payment_method_configuration=pmc_1',
  ])('a SetupIntent takes %s without effect', (body) => {
    const { account } = anyAccount();
    expect(account.handle(post('setup_intents', body)).status).toBe(200);
  });

  it('an update changes what it names, empties what it may, and says so', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    account.handle(post('customers/cus_1', 'address[city]=Paris&invoice_settings[footer]=Merci&balance=5'));
    const updated = objectIn(account.handle(post('customers/cus_1', 'address=&invoice_settings[footer]=')));
    expect(updated).toMatchObject({ address: null, balance: 5, invoice_settings: { footer: null } });
    const [event] = (objectIn(account.handle(get('events', 'type=customer.updated'))) as { data: { data: object }[] })
      .data;
    expect(event?.data).toHaveProperty('previous_attributes.address.city', 'Paris');
  });

  it('what no type of the SDK names is refused as before, within what may be emptied as well', () => {
    const { account } = anyAccount();
    const refused = account.handle(post('customers', 'address[zip]=75001'));
    expect(errorIn(refused)).toMatchObject({ code: 'parameter_unknown', param: 'address[zip]' });
  });
});

describe('an intent makes a payment method of payment_method_data', () => {
  it('and confirms with it', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const data = 'payment_method_data[type]=card&payment_method_data[card][token]=tok_mastercard';
    const body = `customer=cus_1&payment_method_types[]=card&confirm=true&${data}`;
    const intent = objectIn(account.handle(post('setup_intents', body)));
    expect(intent).toMatchObject({ status: 'succeeded' });
    const made = objectIn(account.handle(get(`payment_methods/${String(intent['payment_method'])}`)));
    expect(made).toMatchObject({ customer: 'cus_1', card: { brand: 'mastercard' } });
  });

  it('but knows no confirmation token', () => {
    const { account } = anyAccount();
    const refused = account.handle(post('setup_intents', 'confirmation_token=ctoken_1&confirm=true'));
    expect([refused.status, errorIn(refused)]).toMatchObject([
      400,
      { code: 'resource_missing', param: 'confirmation_token' },
    ]);
  });
});
