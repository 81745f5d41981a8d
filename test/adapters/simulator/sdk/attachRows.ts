import { expect } from 'vitest';
import type { Battery } from './rows.ts';
import { attach, cus, declined, invalid, missing, pm } from './rows.ts';

const connected = 'acct_1Connected';
const platformOwned =
  '; OAuth key or Stripe-Account header was used but API request was provided with a platform-owned payment method ID. Please ensure that the provided payment method matches the specified account.';
const otherMode = '; a similar object exists in test mode, but a live mode key was used to make this request.';
const liveKey = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';

/** What attach refuses because of what is there, or is not. */
export const attachRows: readonly Battery[] = [
  {
    row: 'path id unknown',
    ask: attach('abcd'),
    refusal: { ...missing, statusCode: 404, param: 'payment_method', message: "No such PaymentMethod: 'abcd'" },
  },
  {
    row: 'path id unknown, on a platform',
    given: (account) => account.connectAccount(connected),
    ask: attach('abcd'),
    refusal: {
      ...missing,
      statusCode: 404,
      param: 'payment_method',
      message:
        "No such PaymentMethod: 'abcd'; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication",
    },
  },
  {
    row: 'platform payment method with Stripe-Account, in the path',
    given: (account) => account.in({ account: account.connectAccount(connected) }).addCustomer(cus),
    ask: (sdk, options) => sdk.paymentMethods.attach(pm, { customer: cus }, { ...options, stripeAccount: connected }),
    refusal: {
      ...missing,
      statusCode: 404,
      param: 'payment_method',
      message: `No such PaymentMethod: '${pm}'${platformOwned}`,
      headers: { 'stripe-account': connected },
    },
  },
  {
    row: 'platform payment method with Stripe-Account, in a body',
    given: (account) => account.connectAccount(connected),
    ask: (sdk, options) =>
      sdk.paymentIntents.create(
        { amount: 1000, currency: 'usd', payment_method: pm },
        { ...options, stripeAccount: connected },
      ),
    refusal: {
      ...missing,
      statusCode: 400,
      param: 'payment_method',
      message: `No such PaymentMethod: '${pm}'${platformOwned}`,
    },
  },
  {
    row: 'wrong mode, in the path',
    apiKey: liveKey,
    ask: attach(),
    refusal: {
      ...missing,
      statusCode: 404,
      param: 'payment_method',
      message: `No such PaymentMethod: '${pm}'${otherMode}`,
    },
  },
  {
    row: 'wrong mode, in a body',
    given: (account) => account.in({ livemode: true }).addPaymentMethod({ id: pm }),
    apiKey: liveKey,
    ask: attach(),
    refusal: { ...missing, statusCode: 400, param: 'customer', message: `No such customer: '${cus}'${otherMode}` },
  },
  {
    row: 'customer unknown, in a body',
    ask: attach(pm, { customer: 'cus_nope' }),
    refusal: { ...missing, statusCode: 400, param: 'customer', message: "No such customer: 'cus_nope'" },
  },
  {
    row: 'customer unknown, in the path',
    ask: (sdk, options) => sdk.customers.update('cus_nope', { name: 'Ada' }, options),
    refusal: { ...missing, statusCode: 404, param: 'id', message: "No such customer: 'cus_nope'" },
  },
  {
    row: 'customer deleted',
    ask: async (sdk, options, account) => {
      await sdk.customers.del(cus);
      return attach()(sdk, options, account);
    },
    refusal: { ...missing, statusCode: 400, param: 'customer', message: `No such customer: '${cus}'` },
  },
  {
    row: 'no customer given',
    ask: attach(pm, {}),
    refusal: { ...invalid, code: 'parameter_missing', message: 'Must provide customer or customer_account.' },
  },
  {
    row: 'already on another customer',
    given: (account) => account.addPaymentMethod({ id: pm, owner: { kind: 'customer', id: account.addCustomer() } }),
    ask: attach(),
    refusal: {
      ...invalid,
      message: 'The payment method you provided has already been attached to a customer.',
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'already on the same customer',
    given: (account) => account.addPaymentMethod({ id: pm, owner: { kind: 'customer', id: cus } }),
    ask: attach(),
    refusal: null,
    saved: true,
  },
  {
    row: 'detached before',
    given: (account) => account.addPaymentMethod({ id: pm, spent: true }),
    ask: attach(),
    refusal: {
      ...invalid,
      message:
        'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'used before, on an intent',
    given: (account) => account.addPaymentMethod({ id: pm, spent: true }),
    ask: (sdk, options) => sdk.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: pm }, options),
    refusal: {
      ...invalid,
      message:
        'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'type not saveable',
    given: (account) => account.addPaymentMethod({ id: pm, type: 'ideal' }),
    ask: attach(),
    refusal: {
      ...invalid,
      message: "PaymentMethods of type 'ideal' cannot be saved to customers.",
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'too many payment methods',
    options: { maxPaymentMethodsPerCustomer: 1 },
    given: (account) => account.addPaymentMethod({ owner: { kind: 'customer', id: cus } }),
    ask: attach(),
    refusal: {
      ...invalid,
      code: 'customer_max_payment_methods',
      message:
        'The maximum number of PaymentMethods for this Customer has been reached. Either detach some PaymentMethods from this Customer or proceed with a different Customer.',
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'detach of what is not attached',
    ask: (sdk, options) => sdk.paymentMethods.detach(pm, {}, options),
    refusal: {
      ...invalid,
      message: 'The payment method you provided is not attached to a customer so detachment is impossible.',
      shouldRetry: 'false',
    },
    saved: true,
  },
];

/** The newest major gives every card error a decline code, if an empty one. */
const withoutDeclineCode = { '23': { decline_code: '' } } as const;

/** What the bank refuses. */
export const declineRows: readonly Battery[] = [
  {
    row: 'generic decline',
    ask: attach('pm_card_chargeDeclined'),
    refusal: {
      ...declined,
      code: 'card_declined',
      decline_code: 'generic_decline',
      param: '',
      message: 'Your card was declined.',
      raw: {
        advice_code: 'try_again_later',
        network_decline_code: '01',
        doc_url: 'https://stripe.com/docs/error-codes/card-declined',
      },
    },
    saved: true,
  },
  {
    row: 'wrong CVC',
    ask: attach('pm_card_chargeDeclinedIncorrectCvc'),
    refusal: {
      ...declined,
      code: 'incorrect_cvc',
      param: 'cvc',
      message: "Your card's security code is incorrect.",
    },
    saved: true,
    differs: withoutDeclineCode,
  },
  {
    row: 'expired',
    ask: attach('pm_card_chargeDeclinedExpiredCard'),
    refusal: { ...declined, code: 'expired_card', param: 'exp_month', message: 'Your card has expired.' },
    saved: true,
    differs: withoutDeclineCode,
  },
  {
    row: 'postcode',
    given: (account) => account.addPaymentMethod({ id: pm, decline: 'incorrect_zip' }),
    ask: attach(),
    refusal: {
      ...declined,
      code: 'incorrect_zip',
      param: 'address_zip',
      message:
        'Your card could not be authorized using the postal code provided. Please update the postal code, or contact your card issuer for further details.',
    },
    saved: true,
    differs: withoutDeclineCode,
  },
  {
    row: 'processing error',
    ask: attach('pm_card_chargeDeclinedProcessingError'),
    refusal: {
      ...declined,
      code: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    },
    saved: true,
    differs: withoutDeclineCode,
  },
  {
    row: 'too many declines',
    given: (account) => account.addPaymentMethod({ id: pm, decline: 'card_decline_rate_limit_exceeded' }),
    ask: attach(),
    refusal: {
      ...declined,
      code: 'card_decline_rate_limit_exceeded',
      message: expect.stringContaining('This card has been declined too many times') as string,
    },
    saved: true,
    differs: withoutDeclineCode,
  },
  {
    row: 'bad number',
    ask: (sdk, options) =>
      sdk.paymentMethods.create(
        { type: 'card', card: { number: '4242424242424241', exp_month: 4, exp_year: 2035 } },
        options,
      ),
    refusal: { ...declined, code: 'incorrect_number', param: 'number', message: 'Your card number is incorrect.' },
    saved: true,
    differs: withoutDeclineCode,
  },
];
