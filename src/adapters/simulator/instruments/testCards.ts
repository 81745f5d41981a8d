export type Authentication = 'never' | 'untilSetUp' | 'always';

/** A test card of https://docs.stripe.com/testing. */
export type Instrument = {
  readonly number: string;
  /** what follows `pm_card_` and `tok_` */
  readonly names: readonly string[];
  readonly brand: string;
  readonly funding: string;
  readonly country: string;
  /** the code of the refusal at attach, null for a card that can be attached */
  readonly decline: string | null;
  /** the code of the refusal when an attached card is charged; the one at attach where there is one */
  readonly chargeDecline: string | null;
  /** when an intent asks the card's holder to authenticate: `untilSetUp` is satisfied once and for all by a SetupIntent */
  readonly authentication: Authentication;
  /** what the check of the security code finds at attach */
  readonly cvcCheck: 'pass' | 'fail';
};

type Row = Pick<Instrument, 'number' | 'names'> & Partial<Instrument>;

const rows: readonly Row[] = [
  { number: '4242424242424242', names: ['visa'] },
  { number: '4000056655665556', names: ['visa_debit'], funding: 'debit' },
  { number: '5555555555554444', names: ['mastercard'], brand: 'mastercard' },
  { number: '5200828282828210', names: ['mastercard_debit'], brand: 'mastercard', funding: 'debit' },
  { number: '5105105105105100', names: ['mastercard_prepaid'], brand: 'mastercard', funding: 'prepaid' },
  { number: '378282246310005', names: ['amex'], brand: 'amex' },
  { number: '6011111111111117', names: ['discover'], brand: 'discover' },
  { number: '3056930009020004', names: ['diners'], brand: 'diners' },
  { number: '3566002020360505', names: ['jcb'], brand: 'jcb', country: 'JP' },
  { number: '6200000000000005', names: ['unionpay'], brand: 'unionpay', country: 'CN' },
  { number: '4000000000000002', names: ['visa_chargeDeclined', 'chargeDeclined'], decline: 'generic_decline' },
  {
    number: '4000000000009995',
    names: ['visa_chargeDeclinedInsufficientFunds'],
    decline: 'insufficient_funds',
  },
  { number: '4000000000009987', names: ['visa_chargeDeclinedLostCard'], decline: 'lost_card' },
  { number: '4000000000009979', names: ['visa_chargeDeclinedStolenCard'], decline: 'stolen_card' },
  { number: '4000000000000069', names: ['chargeDeclinedExpiredCard'], decline: 'expired_card' },
  { number: '4000000000000127', names: ['chargeDeclinedIncorrectCvc'], decline: 'incorrect_cvc' },
  { number: '4000000000000119', names: ['chargeDeclinedProcessingError'], decline: 'processing_error' },
  {
    number: '4000000000006975',
    names: ['visa_chargeDeclinedVelocityLimitExceeded'],
    decline: 'card_velocity_exceeded',
  },
  { number: '4000000000000341', names: ['chargeCustomerFail'], chargeDecline: 'generic_decline' },
  { number: '4000000000000341', names: ['visa_chargeCustomerFailLostCard'], chargeDecline: 'lost_card' },
  { number: '4000002500003155', names: ['authenticationRequiredOnSetup'], authentication: 'untilSetUp' },
  { number: '4000002760003184', names: ['authenticationRequired'], authentication: 'always' },
  { number: '4000000000000101', names: ['cvcCheckFail'], cvcCheck: 'fail', chargeDecline: 'incorrect_cvc' },
];

const instruments: readonly Instrument[] = rows.map((row) => ({
  brand: 'visa',
  funding: 'credit',
  country: 'US',
  decline: null,
  chargeDecline: row.decline ?? null,
  authentication: 'never',
  cvcCheck: 'pass',
  ...row,
}));

const byName = new Map(instruments.flatMap((one) => one.names.map((name) => [name, one] as const)));
/** the first of two with the same number */
const byNumber = new Map(instruments.toReversed().map((one) => [one.number, one] as const));

/** By what follows `pm_card_` or `tok_`: `visa`, `chargeDeclined`. */
export function instrumentNamed(name: string): Instrument | undefined {
  return byName.get(name);
}

export function instrumentNumbered(number: string): Instrument | undefined {
  return byNumber.get(number);
}

/** True for a number whose check digit is right (ISO/IEC 7812-1, Annex B). */
export function isCardNumber(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (const [index, digit] of number.split('').toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
