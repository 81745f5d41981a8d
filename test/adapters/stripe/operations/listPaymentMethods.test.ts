import { describe, expect, it } from 'vitest';
import type { ListRequest } from '../../../../src/application/ports/paymentMethodGateway.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { customer, customerAccount, pm, stripeList, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { missing, unsettledLooks } from './refusals.ts';

const stripe = useScriptedStripe();
const unknown = (cause: string) => ({ look: 'unknown', cause });
const of = (id: string, changes: object = {}) => stripePaymentMethod({ id, ...changes });
const bothNames = { customer_account: 'acct_1' };

type Row = readonly [title: string, script: Script, look: object, request?: ListRequest];
const rows: readonly Row[] = [
  ['nothing', json(200, stripeList([])), { look: 'found', paymentMethods: [], hasMore: false }],
  [
    'two, and more to come',
    json(200, stripeList([of('pm_2'), of('pm_1', { type: 'hologram', card: undefined })], true)),
    {
      look: 'found',
      paymentMethods: [
        { paymentMethodId: 'pm_2', type: 'card', customer },
        { paymentMethodId: 'pm_1', type: 'hologram', card: null, customer },
      ],
      hasMore: true,
    },
  ],
  [
    'one that names both, for the account',
    json(200, stripeList([of('pm_1', bothNames)])),
    { look: 'found', paymentMethods: [{ customer: customerAccount }] },
    { customer: customerAccount },
  ],
  ['one of somebody else', json(200, stripeList([of('pm_1', { customer: 'cus_2' })])), unknown('unexpectedEcho')],
  ['one of nobody', json(200, stripeList([of('pm_1', { customer: null })])), unknown('unexpectedEcho')],
  [
    'the one to go on after, again',
    json(200, stripeList([of('pm_1'), of('pm_2')])),
    unknown('unexpectedEcho'),
    { customer, after: pm('pm_2') },
  ],
  ['more to come after nothing', json(200, stripeList([], true)), unknown('unexpectedAnswer')],
  [
    'one that cannot be read',
    json(200, stripeList([of('pm_1'), of('pm_2', { created: null })])),
    unknown('unexpectedAnswer'),
  ],
  ['one with an id of something else', json(200, stripeList([of('cus_1')])), unknown('unexpectedAnswer')],
  ['more than was asked for', json(200, stripeList(Array(101).fill(of('pm_1')))), unknown('unexpectedAnswer')],
  ['no list', json(200, of('pm_1')), unknown('unexpectedAnswer')],
  ['404 resource_missing', json(404, missing('customer')), { look: 'notFound' }],
  ['400 resource_missing of the account', json(400, missing('customer_account')), { look: 'notFound' }],
  ['400 resource_missing of the one to go on after', json(400, missing('starting_after')), unknown('unexpectedAnswer')],
  ...unsettledLooks.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a list', () => {
  for (const [title, script, look, request = { customer }] of rows) {
    it(title, async () => {
      stripe.answer(script);
      const answer = stripe.makeGateway({ maxTries: 1 }).listPaymentMethods(request);
      await expect(answer).resolves.toMatchObject({ ...look, evidence: { source: 'sweep' } });
    });
  }

  it.each([0, 101, 1.5, Number.NaN])('a limit of %s is a fault, and nothing is sent', async (limit) => {
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway().listPaymentMethods({ customer, limit });
      await expect(answer).rejects.toMatchObject({ code: 'GATEWAY_MISCONFIGURED' });
    });
    expect(requests).toHaveLength(0);
  });
});
