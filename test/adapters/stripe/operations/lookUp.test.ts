import { describe, expect, it } from 'vitest';
import type { CustomerReference } from '../../../../src/domain/identifiers.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { customerAccount, pm, stripeError, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json, text } from '../scriptedServer.ts';

const stripe = useScriptedStripe();
const invalid = (error: Record<string, unknown>) => stripeError({ type: 'invalid_request_error', ...error });

const lookRows: readonly (readonly [title: string, script: Script, look: object])[] = [
  [
    'attached to a customer',
    json(200, stripePaymentMethod()),
    { look: 'found', paymentMethod: { customer: { kind: 'customer', id: 'cus_1' } } },
  ],
  [
    'attached to a customer account',
    json(200, stripePaymentMethod({ customer: null, customer_account: 'acct_1' })),
    { look: 'found', paymentMethod: { customer: customerAccount } },
  ],
  [
    'attached to nobody',
    json(200, stripePaymentMethod({ customer: null })),
    { look: 'found', paymentMethod: { customer: null } },
  ],
  [
    'another payment method',
    json(200, stripePaymentMethod({ id: 'pm_2' })),
    { look: 'unknown', cause: 'unexpectedEcho' },
  ],
  ['404 resource_missing', json(404, invalid({ code: 'resource_missing' })), { look: 'notFound' }],
  ['404 of something else', text(404, 'Not Found'), { look: 'unknown', cause: 'unexpectedAnswer' }],
  ['400', json(400, invalid({})), { look: 'unknown', cause: 'unexpectedAnswer' }],
  ['429', json(429, invalid({ code: 'lock_timeout' })), { look: 'unknown', cause: 'rateLimited' }],
  ['500 with JSON', json(500, stripeError({ type: 'api_error' })), { look: 'unknown', cause: 'serverError' }],
];

describe('the answer to a look', () => {
  it.each([
    ['nothing', undefined, { kind: 'customer', id: 'cus_1' }],
    ['the customer', { kind: 'customer', id: 'cus_1' }, { kind: 'customer', id: 'cus_1' }],
    ['the account', customerAccount, customerAccount],
    ['another customer', { kind: 'customer', id: 'cus_2' }, { kind: 'customer', id: 'cus_1' }],
    ['another account', { kind: 'customerAccount', id: 'acct_2' }, { kind: 'customer', id: 'cus_1' }],
  ])('where Stripe names two, and %s was expected', async (_title, expected, named) => {
    stripe.answer(json(200, stripePaymentMethod({ customer_account: 'acct_1' })));
    const look = stripe.makeGateway().lookUp(pm('pm_1'), { expected: expected as CustomerReference | undefined });
    await expect(look).resolves.toMatchObject({ look: 'found', paymentMethod: { customer: named } });
  });

  it('is not bent by what was expected, where Stripe names one', async () => {
    stripe.answer(json(200, stripePaymentMethod()));
    const look = stripe.makeGateway().lookUp(pm('pm_1'), { expected: customerAccount });
    await expect(look).resolves.toMatchObject({ paymentMethod: { customer: { kind: 'customer', id: 'cus_1' } } });
  });

  it.each(lookRows)('%s', async (_title, script, look) => {
    stripe.answer(script);
    const gateway = stripe.makeGateway({ maxTries: 1 });
    await expect(gateway.lookUp(pm('pm_1'))).resolves.toMatchObject({ ...look, evidence: { source: 'readBack' } });
  });
});
