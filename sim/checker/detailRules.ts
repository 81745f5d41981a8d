import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';

/** What must hold of the details that the trail keeps of a payment method. */
export const detailRules: readonly Rule[] = [
  {
    name: 'C21 the card in the trail is the card at Stripe',
    judge: ({ streams, stripe, tellsAll, lostEvents }) =>
      judgeAll(tellsAll && !lostEvents ? streams.values() : [], ({ state }) => {
        if (state.status !== 'attached' || state.card === null) return null;
        const { paymentMethodId: id, card } = state;
        const present = stripe.expYearOf(id);
        if (present === undefined || card.expYear === 'redacted' || present === card.expYear) return null;
        return `the card of ${id} ends in ${present} at Stripe, and in ${card.expYear} in the trail`;
      }),
  },
];
