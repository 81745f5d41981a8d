import { customerNamedIn } from '../../src/application/privacy/encryptedField.ts';
import { isCiphertext } from '../../src/application/privacy/ciphertexts.ts';
import { personalUnits } from '../../src/application/privacy/personalUnits.ts';
import type { TrailRecord } from '../../src/application/events/eventCodec.ts';
import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import { decoded } from './streams.ts';
import type { View } from './view.ts';
import { causeOf } from './view.ts';

/** What must hold of personal fields where they are encrypted. */
export const privacyRules: readonly Rule[] = [
  {
    name: 'C26 what is personal stands in the trail encrypted, and nowhere in the clear',
    judge: ({ encryption, trail }) =>
      judgeAll(encryption === undefined ? [] : trail, ({ position, type, data }) => {
        const clear = fieldsOf(type, JSON.parse(data)).find(
          ({ value }) => value !== 'redacted' && !isCiphertext(value),
        );
        return clear === undefined ? null : `the event at ${position} has ${clear.path} in the clear`;
      }),
  },
  {
    name: 'C27 what is encrypted of a customer who is forgotten opens for nobody',
    judge: (view) =>
      judgeAll(openedOf(view, forgottenIn(view)), ({ position, event: { type, data } }) => {
        const readable = fieldsOf(type, data).find(({ value }) => value !== 'redacted');
        return readable === undefined ? null : `${readable.path} of the event at ${position} is readable`;
      }),
  },
  {
    name: 'C28 what is encrypted of anybody else opens',
    judge: (view) => {
      const askedFor = new Set(view.history.filter(({ call }) => call === 'forget').map(({ customer }) => customer));
      const kept = decoded(view.encryption?.opened ?? []).map(({ event }) => customerNamedIn(event.data));
      const others = new Set(kept.filter((customer) => customer !== null && !askedFor.has(customer)));
      return judgeAll(openedOf(view, others), ({ position, event: { type, data } }) => {
        const lost = fieldsOf(type, data).find(({ value }) => value === 'redacted');
        return lost === undefined ? null : `${lost.path} of the event at ${position} is lost`;
      });
    },
  },
  {
    name: 'C29 who was told that a customer is forgotten finds that in the trail',
    judge: ({ encryption, history, customers, lostEvents }) =>
      judgeAll(
        encryption === undefined || lostEvents
          ? []
          : history.filter(({ call, end }) => call === 'forget' && end === 'ok'),
        ({ customer }) => {
          const { records = [] } = customers.get(customer ?? '') ?? {};
          return records.some(({ event }) => event.type === 'CustomerForgotten')
            ? null
            : `of ${customer} it does not say so`;
        },
      ),
  },
  {
    name: 'C30 the key of a customer is there before Stripe attaches anything that would need it',
    judge: (view) => {
      const { encryption, stripe, lostEvents } = view;
      if (encryption === undefined || lostEvents) return judgeAll([], () => null);
      const own = stripe.effects
        .filter(({ effect }) => effect === 'attached')
        .map((effect) => ({ effect, customer: causeOf(view, effect)?.customer ?? null }));
      return judgeAll(own.filter(isOfCustomer), ({ effect, customer }) =>
        encryption.settledSince(customer) <= effect.at
          ? null
          : `${effect.paymentMethodId} was attached before ${customer} had a key`,
      );
    },
  },
];

function isOfCustomer<Attached extends { readonly customer: string | null }>(
  attached: Attached,
): attached is Attached & { readonly customer: string } {
  return attached.customer !== null;
}

/** Those of whom anybody was told so, or the trail says so. */
function forgottenIn({ history, customers }: View): ReadonlySet<string | null> {
  const told = history.filter(({ call, end }) => call === 'forget' && end === 'ok').map(({ customer }) => customer);
  const recorded = [...customers].filter(([, { records }]) =>
    records.some(({ event }) => event.type === 'CustomerForgotten'),
  );
  return new Set([...told, ...recorded.map(([id]) => id)]);
}

function openedOf({ encryption }: View, customers: ReadonlySet<string | null>): readonly TrailRecord[] {
  return decoded(encryption?.opened ?? []).filter(({ event }) => {
    const customer = customerNamedIn(event.data);
    return customer !== null && customers.has(customer);
  });
}

/** What can be encrypted of an event, and is there. */
function fieldsOf(type: string, data: unknown): readonly { readonly path: string; readonly value: unknown }[] {
  return personalUnits(type)
    .map(({ path }) => ({ path, value: path.split('.').reduce(fieldOf, data) }))
    .filter(({ value }) => value !== undefined && value !== null);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
