import type { StripeAccount } from '../../src/adapters/simulator/index.ts';
import type { Chance } from '../engine/chance.ts';

/** Whom and what a run is about. */
export type Scene = {
  readonly customers: readonly string[];
  readonly paymentMethods: readonly string[];
  /** whom payment methods belonged to from the beginning */
  readonly ownersBefore: ReadonlyMap<string, string>;
};

const customers = ['cus_Ana', 'cus_Ben', 'cus_Cleo'];

/** Fills the account: most payment methods are good ones, and some are all that a payment method can be. */
export function setScene(account: StripeAccount, chance: Chance): Scene {
  for (const id of customers) account.addCustomer({ id, email: secretEmail });
  const ownersBefore = new Map<string, string>();
  const paymentMethods = Array.from({ length: chance.between(1, 3) }, (_, index) => {
    const id = `pm_${index + 1}`;
    const kind = chance.weighted(kinds);
    if (kind === 'alias') return chance.hits(0.8) ? 'pm_card_visa' : 'pm_card_chargeDeclined';
    if (kind === 'missing') return id;
    const owner = kind === 'taken' ? chance.pick(customers) : null;
    if (owner !== null) ownersBefore.set(id, owner);
    account.addPaymentMethod({
      id,
      billingDetails: { email: holderEmail },
      ...(kind === 'declined' ? { decline: chance.pick(['generic_decline', 'expired_card']) } : {}),
      ...(owner === null ? {} : { owner: { kind: 'customer', id: owner } }),
      ...(kind === 'spent' ? { spent: true } : {}),
    });
    return id;
  });
  return { customers, paymentMethods, ownersBefore };
}

/** Stands in the account, and must never stand in the trail. */
export const secretEmail = 'canary@example.com';

/** Of who holds the cards: stands in the trail encrypted, or not at all. */
export const holderEmail = 'holder@example.com';

const kinds = [
  ['good', 0.7],
  ['alias', 0.1],
  ['declined', 0.07],
  ['taken', 0.06],
  ['spent', 0.03],
  ['missing', 0.04],
] as const;
