import { createHmac } from 'node:crypto';

/** Delivers an event as Stripe does: a POST with a signature over the body. Prints the status it got. */
export async function deliver(url: string, secret: string, paymentMethodId: string, customer: string): Promise<void> {
  const created = Math.floor(Date.now() / 1000);
  const card = { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2030, funding: 'credit', country: 'US' };
  const object = {
    id: paymentMethodId,
    object: 'payment_method',
    type: 'card',
    card,
    customer,
    livemode: false,
    created,
  };
  const event = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_method.attached',
    created,
    livemode: false,
    data: { object },
  };
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', secret).update(`${created}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${created},v1=${signature}` };
  const { status } = await fetch(url, { method: 'POST', headers, body });
  console.log('delivered', status);
}
