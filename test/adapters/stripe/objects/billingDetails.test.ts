import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { attachRequest, stripePaymentMethod } from '../samples.ts';
import { json } from '../scriptedServer.ts';
import { everyAnswer } from './everyAnswer.ts';

const stripe = useScriptedStripe();
const address = { line1: 'Rua 1', line2: null, postal_code: '1000', city: 'Lisboa', state: null, country: 'PT' };
const billing = { address, email: 'jo@example.com', name: 'Jo', phone: null, tax_id: '123' };
const read = {
  name: 'Jo',
  email: 'jo@example.com',
  phone: null,
  address: { line1: 'Rua 1', line2: null, postalCode: '1000', city: 'Lisboa', state: null, country: 'PT' },
};
const nothing = { line1: null, line2: null, postalCode: null, city: null, state: null, country: null };
const sent = (changes: object = {}) => stripePaymentMethod({ billing_details: billing, ...changes });

describe('billing details', () => {
  it('are read of no answer and no event, unless the host asks for it', async () => {
    const all = JSON.stringify(await everyAnswer(stripe, sent()));
    expect(all).toContain('4242');
    for (const text of ['jo@example', 'Jo', 'Rua', 'Lisboa', 'billing']) expect(all).not.toContain(text);
  });

  it('are read of each answer and each event, where it does', async () => {
    for (const answer of await everyAnswer(stripe, sent(), true)) {
      expect(JSON.stringify(answer)).toContain(`"billingDetails":${JSON.stringify(read)}`);
      expect(JSON.stringify(answer)).not.toContain('123');
    }
  });

  it.each([
    ['absent', undefined, undefined],
    ['null', null, undefined],
    ['no object', 'Jo', undefined],
    ['without an address', { ...billing, address: null }, { ...read, address: nothing }],
    ['of a malformed name', { ...billing, name: 7 }, { ...read, name: null }],
    ['of a name that nothing can store', { ...billing, name: 'J\u0000o' }, { ...read, name: null }],
    ['of a name without end', { ...billing, name: 'J'.repeat(501) }, { ...read, name: null }],
    ['of a key in place of a name', { ...billing, name: 'sk_live_abcdefghijklmnop' }, { ...read, name: null }],
    ['of a malformed address', { ...billing, address: [] }, { ...read, address: nothing }],
  ])('%s never make a proven attach unknown', async (_, given, billingDetails) => {
    stripe.answer(json(200, sent({ billing_details: given })));
    const answer = await stripe.makeGateway({ billingDetails: true }).attach(attachRequest());
    expect(answer).toMatchObject({ answer: 'attached', paymentMethod: { paymentMethodId: 'pm_1' } });
    expect(answer).toHaveProperty('answer', 'attached');
    if (answer.answer === 'attached') expect(answer.paymentMethod.billingDetails).toEqual(billingDetails);
  });
});
