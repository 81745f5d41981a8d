import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { cus, stripeCustomer } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { missing, unsettledLooks } from './refusals.ts';

const stripe = useScriptedStripe();
const unknown = (cause: string) => ({ look: 'unknown', cause });
const found = (defaultPaymentMethodId: string | null) => ({ look: 'found', isDeleted: false, defaultPaymentMethodId });
const naming = (default_payment_method: unknown) => stripeCustomer({ invoice_settings: { default_payment_method } });

const rows: readonly (readonly [title: string, script: Script, look: object])[] = [
  ['with a default', json(200, stripeCustomer()), found('pm_1')],
  ['with its default expanded', json(200, naming({ id: 'card_1' })), found('card_1')],
  ['without a default', json(200, naming(null)), found(null)],
  [
    'deleted',
    json(200, { id: 'cus_1', object: 'customer', deleted: true }),
    { look: 'found', isDeleted: true, defaultPaymentMethodId: null },
  ],
  ['another customer', json(200, stripeCustomer({ id: 'cus_2' })), unknown('unexpectedEcho')],
  [
    'another customer, deleted',
    json(200, { id: 'cus_2', object: 'customer', deleted: true }),
    unknown('unexpectedEcho'),
  ],
  ['with what is no payment method', json(200, naming('x')), unknown('unexpectedAnswer')],
  ['deleted in a way nobody foresaw', json(200, stripeCustomer({ deleted: 'partly' })), unknown('unexpectedAnswer')],
  ['404 resource_missing', json(404, missing('id')), { look: 'notFound' }],
  ...unsettledLooks.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a look at a customer', () => {
  it.each(rows)('%s', async (_title, script, expected) => {
    stripe.answer(script);
    const { evidence, ...look } = await stripe.makeGateway({ maxTries: 1 }).lookUpCustomer(cus('cus_1'));
    expect(look).toEqual(expected);
    expect(evidence.source).toBe('readBack');
  });
});
