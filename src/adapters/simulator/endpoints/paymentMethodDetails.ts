import { cardError } from '../instruments/cardErrors.ts';
import { paymentMethodTypes } from '../instruments/paymentMethodTypes.ts';
import type { Instrument } from '../instruments/testCards.ts';
import { instrumentNumbered, isCardNumber } from '../instruments/testCards.ts';
import type { Form } from '../wire/form.ts';
import { formOf, textOf } from '../wire/form.ts';
import type { JsonObject } from '../wire/json.ts';
import { integerOf } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import { partsOf } from '../world/newPaymentMethod.ts';
import type { PaymentMethodRecord } from '../world/records.ts';
import type { Context } from './context.ts';
import { endpointFailures } from './endpointFailures.ts';
import { findToken } from './lookups.ts';

type Details = Partial<Pick<PaymentMethodRecord, 'card' | 'hash' | 'decline' | 'chargeDecline' | 'authentication'>>;

/** Bank debits by what their account number is called; its last four digits are all that is kept of it. */
const accountNumbers: ReadonlyMap<string, string> = new Map([
  ['acss_debit', 'account_number'],
  ['au_becs_debit', 'account_number'],
  ['bacs_debit', 'account_number'],
  ['nz_bank_account', 'account_number'],
  ['sepa_debit', 'iban'],
  ['us_bank_account', 'account_number'],
]);

/** What the parameters of a new payment method say of it, beyond its type. */
export function detailsOf(context: Context, parameters: Form, type: string): Details {
  const given = formOf(parameters, type);
  if (type === 'card') return cardDetails(context, given);
  const hash = paymentMethodTypes.get(type)?.hash ?? {};
  const numberName = accountNumbers.get(type);
  const named = namedDetails(hash, given);
  return { hash: numberName === undefined ? named : { ...named, ...bankDetails(given, type, numberName) } };
}

/** What a hash shows under the very name it is given by. */
export function namedDetails(hash: JsonObject, given: Form): JsonObject {
  return Object.fromEntries(Object.entries(hash).map(([name, held]) => [name, textOf(given, name) ?? held]));
}

function bankDetails(given: Form, type: string, numberName: string): JsonObject {
  const number = textOf(given, numberName);
  if (number === undefined) throw requestFailures.missingParameter(`${type}[${numberName}]`);
  const last4 = number.slice(-4);
  return type === 'sepa_debit' ? { country: number.slice(0, 2), last4 } : { last4 };
}

function cardDetails(context: Context, card: Form): Details {
  const { at } = context;
  const token = textOf(card, 'token');
  if (token !== undefined) return partsOf(findToken(context, token), at);
  const instrument = numberedCard(context, card);
  const expMonth = integerOf(card, 'exp_month', { min: 0, max: 9999 });
  const expYear = integerOf(card, 'exp_year', { min: 0, max: 9999 });
  if (expMonth === undefined) throw requestFailures.missingParameter('card[exp_month]');
  if (expYear === undefined) throw requestFailures.missingParameter('card[exp_year]');
  const cvcCheck = card.has('cvc') ? 'unchecked' : null;
  return partsOf(instrument, at, { ...checkedExpiry(expMonth, expYear, at), cvcCheck });
}

/** A month and a year that are not past, the year in full. Refuses any other, as the bank would. */
export function checkedExpiry(expMonth: number, expYear: number, at: number): { expMonth: number; expYear: number } {
  if (expMonth < 1 || expMonth > 12) throw cardError('invalid_expiry_month');
  const fullYear = expYear < 100 ? expYear + 2000 : expYear;
  if (fullYear < new Date(at).getUTCFullYear()) throw cardError('invalid_expiry_year');
  return { expMonth, expYear: fullYear };
}

/** The test card with this number. A live number is never taken: nobody's card belongs here. */
function numberedCard({ world, rules }: Context, card: Form): Instrument {
  const number = textOf(card, 'number')?.replaceAll(' ', '');
  if (number === undefined) throw requestFailures.missingParameter('card[number]');
  if (world.livemode || !rules.takesCardNumbers) throw endpointFailures.rawCardNumber();
  if (!isCardNumber(number)) throw cardError('incorrect_number');
  const numbered = instrumentNumbered(number);
  if (numbered === undefined) throw cardError('test_mode_live_card');
  return numbered;
}
