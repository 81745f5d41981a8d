import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { keyed, pm, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { invalid, missing, unsettledChanges } from './refusals.ts';

const stripe = useScriptedStripe();
const request = { paymentMethodId: pm('pm_1'), ...keyed };
const nobodys = { customer: null };
const unknown = (cause: string) => ({ answer: 'unknown', cause });
const rejected = (reason: string, stripeCode: string) => ({ answer: 'rejected', reason, stripeCode });

const rows: readonly (readonly [title: string, script: Script, answer: object])[] = [
  ['200 that shows it as nobody’s', json(200, stripePaymentMethod(nobodys)), { answer: 'detached' }],
  [
    '200 that names no account either',
    json(200, stripePaymentMethod({ ...nobodys, customer_account: null })),
    { answer: 'detached' },
  ],
  ['200 that still names a customer', json(200, stripePaymentMethod()), unknown('unexpectedEcho')],
  [
    '200 that still names an account',
    json(200, stripePaymentMethod({ ...nobodys, customer_account: 'acct_1' })),
    unknown('unexpectedEcho'),
  ],
  [
    '200 with another payment method',
    json(200, stripePaymentMethod({ ...nobodys, id: 'pm_2' })),
    unknown('unexpectedEcho'),
  ],
  ['404 resource_missing', json(404, missing()), rejected('paymentMethodNotFound', 'resource_missing')],
  [
    '400 resource_missing of it',
    json(400, missing('payment_method')),
    rejected('paymentMethodNotFound', 'resource_missing'),
  ],
  [
    '400 resource_missing of something else',
    json(400, missing('expand')),
    rejected('invalidRequest', 'resource_missing'),
  ],
  [
    '400 with another code',
    json(400, invalid({ code: 'parameter_unknown' })),
    rejected('invalidRequest', 'parameter_unknown'),
  ],
  ['402, which nobody foresaw', json(402, invalid({ code: 'odd' })), unknown('unexpectedAnswer')],
  ...unsettledChanges.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a detach', () => {
  it.each(rows)('%s', async (_title, script, expected) => {
    stripe.answer(script);
    const { evidence, ...answer } = await stripe.makeGateway({ maxTries: 1 }).detach(request);
    expect(answer).toEqual(expected);
    expect(evidence.source).toBe('response');
  });

  it('is never taken for an alias’s clone: a recipe cannot be detached', async () => {
    stripe.answer(json(200, stripePaymentMethod({ ...nobodys, id: 'pm_clone' })));
    const answer = stripe.makeGateway().detach({ ...request, paymentMethodId: pm('pm_card_visa') });
    await expect(answer).resolves.toMatchObject(unknown('unexpectedEcho'));
  });
});
