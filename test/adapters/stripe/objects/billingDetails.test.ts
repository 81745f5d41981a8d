import { describe, expect, it } from 'vitest';
import { toNotification } from '../../../../src/adapters/stripe/index.ts';
import { parseEvent } from '../../../../src/adapters/stripe/webhooks/event.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { attachRequest, pm, stripePaymentMethod } from '../samples.ts';
import { json } from '../scriptedServer.ts';

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

async function askEverything(billingDetails?: boolean) {
  const gateway = stripe.makeGateway({ maxTries: 1, billingDetails });
  const customer = attachRequest().customer;
  stripe.answer(json(200, sent()));
  const attached = await gateway.attach(attachRequest());
  stripe.answer(json(200, sent()));
  const looked = await gateway.lookUp(pm('pm_1'));
  stripe.answer(json(200, { object: 'list', data: [sent()], has_more: false }));
  const listed = await gateway.listPaymentMethods({ customer });
  stripe.answer(json(200, { object: 'list', data: [event()], has_more: false }));
  const told = await gateway.listEvents({ createdFrom: 0 });
  return [attached, looked, listed, told];
}

function event() {
  return {
    id: 'evt_1',
    object: 'event',
    type: 'payment_method.attached',
    created: 1,
    livemode: false,
    data: { object: sent() },
  };
}

function notified() {
  const parsed = parseEvent(event());
  if (parsed === null) throw new TypeError('no event');
  return parsed;
}

describe('billing details', () => {
  it('are read of no answer and no event, unless the host asks for it', async () => {
    const all = JSON.stringify([await askEverything(), toNotification(notified())]);
    expect(all).toContain('4242');
    for (const text of ['jo@example', 'Jo', 'Rua', 'Lisboa', 'billing']) expect(all).not.toContain(text);
  });

  it('are read of each answer and each event, where it does', async () => {
    for (const answer of [...(await askEverything(true)), toNotification(notified(), { billingDetails: true })]) {
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
