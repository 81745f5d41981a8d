import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SetupRequest } from '../../../../src/application/ports/paymentMethodGateway.ts';
import type { SetupIntentId } from '../../../../src/domain/identifiers.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { customer, customerAccount, setupRequest, stripeSetupIntent } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { invalid, missing, unsettledChanges, unsettledLooks } from './refusals.ts';

const stripe = useScriptedStripe();
const seti = 'seti_1' as SetupIntentId;
const ofAccount = setupRequest({ customer: customerAccount });
const rejected = (reason: string, stripeCode = 'resource_missing') => ({ answer: 'rejected', reason, stripeCode });
const unknown = (cause: string) => ({ answer: 'unknown', cause });
const unknownLook = (cause: string) => ({ look: 'unknown', cause });
const setupIntent = (changes: object = {}) => ({
  setupIntentId: 'seti_1',
  clientSecret: 'seti_1_secret_CANARY',
  status: 'requires_payment_method',
  customer,
  paymentMethodId: null,
  attemptId: 'a-1',
  ...changes,
});

const created = (changes: object = {}) => ({ answer: 'created', setupIntent: setupIntent(changes) });
const bothNames = { customer_account: 'acct_1' };

const createRows: readonly (readonly [title: string, script: Script, answer: object, request?: SetupRequest])[] = [
  ['200 of ours', json(200, stripeSetupIntent()), created()],
  ['200 with a status never seen before', json(200, stripeSetupIntent({ status: 'new' })), created({ status: 'new' })],
  [
    '200 for a customer account',
    json(200, stripeSetupIntent({ customer: null, ...bothNames })),
    created({ customer: customerAccount }),
    ofAccount,
  ],
  ['200 that names both', json(200, stripeSetupIntent(bothNames)), created({ customer: customerAccount }), ofAccount],
  ['200 that names both, for the customer', json(200, stripeSetupIntent(bothNames)), created()],
  ['200 with another customer', json(200, stripeSetupIntent({ customer: 'cus_2' })), unknown('unexpectedEcho')],
  ['200 with no customer', json(200, stripeSetupIntent({ customer: null })), unknown('unexpectedEcho')],
  [
    '200 of another attempt',
    json(200, stripeSetupIntent({ metadata: { attach_payment_method_attempt_id: 'a-2' } })),
    unknown('unexpectedEcho'),
  ],
  ['200 of no attempt', json(200, stripeSetupIntent({ metadata: {} })), unknown('unexpectedEcho')],
  ['200 without a secret', json(200, stripeSetupIntent({ client_secret: null })), unknown('unexpectedAnswer')],
  ['200 with an id of something else', json(200, stripeSetupIntent({ id: 'pi_1' })), unknown('unexpectedAnswer')],
  ['400 resource_missing of the customer', json(400, missing('customer')), rejected('customerNotFound')],
  ['400 resource_missing of the account', json(400, missing('customer_account')), rejected('customerNotFound')],
  ['400 resource_missing of something else', json(400, missing('mandate')), rejected('invalidRequest')],
  [
    '400 with another code',
    json(400, invalid({ code: 'parameter_unknown' })),
    rejected('invalidRequest', 'parameter_unknown'),
  ],
  ...unsettledChanges.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a new SetupIntent', () => {
  for (const [title, script, expected, request = setupRequest()] of createRows) {
    it(title, async () => {
      stripe.answer(script);
      const { evidence, ...answer } = await stripe.makeGateway({ maxTries: 1 }).createSetupIntent(request);
      expect(answer).toEqual(expected);
      expect(evidence.source).toBe('response');
      expect(inspect(evidence, { depth: 10 })).not.toContain('CANARY');
    });
  }
});

const lookRows: readonly (readonly [title: string, script: Script, look: object])[] = [
  [
    'succeeded',
    json(200, stripeSetupIntent({ status: 'succeeded', payment_method: 'pm_1' })),
    { look: 'found', setupIntent: setupIntent({ status: 'succeeded', paymentMethodId: 'pm_1' }) },
  ],
  [
    'with its payment method expanded',
    json(200, stripeSetupIntent({ payment_method: { id: 'pm_1' } })),
    { look: 'found', setupIntent: setupIntent({ paymentMethodId: 'pm_1' }) },
  ],
  [
    'of somebody else, without an attempt of ours',
    json(200, stripeSetupIntent({ metadata: null })),
    { look: 'found', setupIntent: setupIntent({ attemptId: null }) },
  ],
  [
    'with metadata that is no attempt id',
    json(200, stripeSetupIntent({ metadata: { attach_payment_method_attempt_id: 'not an id' } })),
    { look: 'found', setupIntent: setupIntent({ attemptId: null }) },
  ],
  ['another', json(200, stripeSetupIntent({ id: 'seti_2' })), unknownLook('unexpectedEcho')],
  [
    'with what is no payment method',
    json(200, stripeSetupIntent({ payment_method: 'x' })),
    unknownLook('unexpectedAnswer'),
  ],
  [
    'naming a customer and an account',
    json(200, stripeSetupIntent(bothNames)),
    { look: 'found', setupIntent: setupIntent() },
  ],
  ['404 resource_missing', json(404, missing('intent')), { look: 'notFound' }],
  ...unsettledLooks.map(([title, script, cause]) => [title, script, unknownLook(cause)] as const),
];

describe('the answer to a look at a SetupIntent', () => {
  it.each(lookRows)('%s', async (_title, script, expected) => {
    stripe.answer(script);
    const { evidence, ...look } = await stripe.makeGateway({ maxTries: 1 }).lookUpSetupIntent(seti);
    expect(look).toEqual(expected);
    expect(evidence.source).toBe('readBack');
  });

  it('names the customer that was expected, where Stripe names two', async () => {
    stripe.answer(json(200, stripeSetupIntent(bothNames)));
    const gateway = stripe.makeGateway();
    for (const expected of [customer, customerAccount]) {
      await expect(gateway.lookUpSetupIntent(seti, { expected })).resolves.toMatchObject({
        setupIntent: { customer: expected },
      });
    }
  });
});
