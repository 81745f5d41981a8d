import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { cus, keyed, pm, stripeCustomer } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { invalid, missing, unsettledChanges } from './refusals.ts';

const stripe = useScriptedStripe();
const request = { customer: cus('cus_1'), paymentMethodId: pm('pm_1'), ...keyed };
const unknown = (cause: string) => ({ answer: 'unknown', cause });
const rejected = (reason: string, stripeCode = 'resource_missing') => ({ answer: 'rejected', reason, stripeCode });
const naming = (default_payment_method: unknown) => stripeCustomer({ invoice_settings: { default_payment_method } });

const rows: readonly (readonly [title: string, script: Script, answer: object])[] = [
  ['200 that names it', json(200, stripeCustomer()), { answer: 'set' }],
  ['200 with the default expanded', json(200, naming({ id: 'pm_1', object: 'payment_method' })), { answer: 'set' }],
  ['200 that names another default', json(200, naming('pm_2')), unknown('unexpectedEcho')],
  ['200 that names none', json(200, naming(null)), unknown('unexpectedEcho')],
  ['200 with another customer', json(200, stripeCustomer({ id: 'cus_2' })), unknown('unexpectedEcho')],
  [
    '200 with a deleted customer',
    json(200, { id: 'cus_1', object: 'customer', deleted: true }),
    unknown('unexpectedAnswer'),
  ],
  ['200 without settings', json(200, stripeCustomer({ invoice_settings: null })), unknown('unexpectedAnswer')],
  ['404 resource_missing', json(404, missing('id')), rejected('customerNotFound')],
  ['400 resource_missing of the customer', json(400, missing('customer')), rejected('customerNotFound')],
  [
    '400 resource_missing of the payment method',
    json(400, missing('invoice_settings[default_payment_method]')),
    rejected('paymentMethodNotFound'),
  ],
  [
    '404 resource_missing of the payment method',
    json(404, missing('payment_method')),
    rejected('paymentMethodNotFound'),
  ],
  ['400 resource_missing of something else', json(400, missing('expand')), rejected('invalidRequest')],
  [
    '400 with another code',
    json(400, invalid({ code: 'parameter_unknown' })),
    rejected('invalidRequest', 'parameter_unknown'),
  ],
  ...unsettledChanges.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a new default', () => {
  it.each(rows)('%s', async (_title, script, expected) => {
    stripe.answer(script);
    const { evidence, ...answer } = await stripe.makeGateway({ maxTries: 1 }).setDefault(request);
    expect(answer).toEqual(expected);
    expect(evidence.source).toBe('response');
  });
});
