import { show } from './attach.ts';
import { cardError } from './cardErrors.ts';
import type { Context } from './context.ts';
import { failures } from './failures.ts';
import type { Form } from './form.ts';
import { formOf, textOf } from './form.ts';
import type { Instrument } from './instruments.ts';
import { instrumentNamed, instrumentNumbered, isCardNumber } from './instruments.ts';
import { listObject } from './lists.ts';
import { cardOf, newPaymentMethod } from './newPaymentMethod.ts';
import { noBillingDetails, paymentMethodObject } from './objects.ts';
import { integerOf, mergeMetadata } from './parameters.ts';
import { paymentMethodTypes } from './types.ts';
import type { CardRecord, PaymentMethodRecord } from './vault.ts';
import type { Json, JsonObject } from './wire.ts';

/** POST /v1/payment_methods (https://docs.stripe.com/api/payment_methods/create). */
export function createPaymentMethod(context: Context): JsonObject {
  const { parameters } = context;
  if (parameters.has('customer')) throw failures.customerAtCreation();
  const type = textOf(parameters, 'type');
  if (type === undefined) throw failures.missingParameter('type');
  if (!paymentMethodTypes.has(type)) {
    throw failures.wrongShape(`type: must be one of ${[...paymentMethodTypes.keys()].join(', ')}`, 'type');
  }
  const record = newPaymentMethod(context.ids.paymentMethod(), context.at, {
    type,
    ...detailsOf(context, type),
    billingDetails: billingDetailsOf(formOf(parameters, 'billing_details')),
    metadata: mergeMetadata({}, formOf(parameters, 'metadata')),
    allowRedisplay: textOf(parameters, 'allow_redisplay') ?? 'unspecified',
  });
  const shown = show(context, record);
  context.vault.paymentMethods.set(record.id, record);
  return shown;
}

/** GET /v1/payment_methods/:id (https://docs.stripe.com/api/payment_methods/retrieve). */
export function retrievePaymentMethod(context: Context): JsonObject {
  const record = context.vault.paymentMethods.get(context.pathId);
  if (record === undefined) throw failures.noSuchPaymentMethod(context.pathId, 404);
  return show(context, record);
}

/** GET /v1/payment_methods, newest first (https://docs.stripe.com/api/payment_methods/list). */
export function listPaymentMethods(context: Context): JsonObject {
  const customer = textOf(context.parameters, 'customer');
  const account = textOf(context.parameters, 'customer_account');
  if (customer !== undefined && account !== undefined) throw failures.bothCustomers();
  if (customer !== undefined) return listOfCustomer(context, customer, 'customer', 400);
  if (account === undefined) return list(context, context.vault.newestPaymentMethods(), '/v1/payment_methods');
  if (!context.vault.customerAccounts.has(account)) throw failures.noSuchCustomer(account, 'customer_account');
  const owned = context.vault.paymentMethodsOf({ kind: 'customerAccount', id: account });
  return list(context, owned, '/v1/payment_methods');
}

/** GET /v1/customers/:id/payment_methods (https://docs.stripe.com/api/payment_methods/customer_list). */
export function listCustomersPaymentMethods(context: Context): JsonObject {
  return listOfCustomer(context, context.pathId, 'customer', 404);
}

function listOfCustomer(context: Context, id: string, param: string, statusIfMissing: 400 | 404): JsonObject {
  if (context.vault.customer(id) === undefined) throw failures.noSuchCustomer(id, param, statusIfMissing);
  const url = context.pathId === '' ? '/v1/payment_methods' : `/v1/customers/${id}/payment_methods`;
  return list(context, context.vault.paymentMethodsOf({ kind: 'customer', id }), url);
}

function list(context: Context, records: readonly PaymentMethodRecord[], url: string): JsonObject {
  const type = textOf(context.parameters, 'type');
  const wanted = records.filter((record) => type === undefined || record.type === type);
  return listObject(context, wanted, url, {
    show: (record) => paymentMethodObject(record, context.version),
    noSuchCursor: (id, param) => failures.noSuchPaymentMethod(id, 400, param),
  });
}

type Details = Partial<Pick<PaymentMethodRecord, 'card' | 'hash' | 'decline'>>;

function detailsOf(context: Context, type: string): Details {
  const given = formOf(context.parameters, type);
  switch (type) {
    case 'card': {
      const instrument = instrumentOf(given);
      return { card: newCard(instrument, given, context.at), decline: instrument.decline };
    }
    case 'sepa_debit': {
      const iban = textOf(given, 'iban');
      if (iban === undefined) throw failures.missingParameter('sepa_debit[iban]');
      return { hash: { ...hashOf(type), country: iban.slice(0, 2), last4: iban.slice(-4) } };
    }
    case 'us_bank_account': {
      const number = textOf(given, 'account_number');
      if (number === undefined) throw failures.missingParameter('us_bank_account[account_number]');
      return { hash: { ...hashOf(type), last4: number.slice(-4) } };
    }
    case 'ideal':
      return { hash: { ...hashOf(type), bank: textOf(given, 'bank') ?? null } };
    default:
      return {};
  }
}

function hashOf(type: string): JsonObject {
  return paymentMethodTypes.get(type)?.hash ?? {};
}

function instrumentOf(card: Form): Instrument {
  const token = textOf(card, 'token');
  if (token !== undefined) {
    if (!token.startsWith('tok_')) throw failures.invalidToken(token);
    const named = instrumentNamed(token.slice('tok_'.length));
    if (named === undefined) throw failures.noSuchToken(token);
    return named;
  }
  const number = textOf(card, 'number')?.replaceAll(' ', '');
  if (number === undefined) throw failures.missingParameter('card[number]');
  if (!isCardNumber(number)) throw cardError('incorrect_number');
  const numbered = instrumentNumbered(number);
  if (numbered === undefined) throw cardError('test_mode_live_card');
  return numbered;
}

function newCard(instrument: Instrument, given: Form, at: number): CardRecord {
  if (given.has('token')) return cardOf(instrument, at);
  const expMonth = integerOf(given, 'exp_month', { min: 0, max: 9999 });
  const expYear = integerOf(given, 'exp_year', { min: 0, max: 9999 });
  if (expMonth === undefined) throw failures.missingParameter('card[exp_month]');
  if (expYear === undefined) throw failures.missingParameter('card[exp_year]');
  if (expMonth < 1 || expMonth > 12) throw cardError('invalid_expiry_month');
  const fullYear = expYear < 100 ? expYear + 2000 : expYear;
  if (fullYear < new Date(at).getUTCFullYear()) throw cardError('invalid_expiry_year');
  return cardOf(instrument, at, { expMonth, expYear: fullYear, cvcCheck: given.has('cvc') ? 'unchecked' : null });
}

function billingDetailsOf(given: Form): JsonObject {
  const address = formOf(given, 'address');
  const filled = (form: Form, name: string, empty: Json): Json => textOf(form, name) ?? empty;
  return Object.fromEntries(
    Object.entries(noBillingDetails).map(([name, empty]) =>
      name === 'address' && empty !== null && typeof empty === 'object'
        ? [name, Object.fromEntries(Object.entries(empty).map(([line, none]) => [line, filled(address, line, none)]))]
        : [name, filled(given, name, empty)],
    ),
  );
}
