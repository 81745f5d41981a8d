import { toNotification } from '../../../../src/adapters/stripe/index.ts';
import { parseEvent } from '../../../../src/adapters/stripe/webhooks/event.ts';
import type { useScriptedStripe } from '../gatewayUnderTest.ts';
import { attachRequest, pm, stripeList } from '../samples.ts';
import { json } from '../scriptedServer.ts';

/** All that the gateway, and a webhook, make of a payment method that Stripe sends. */
export async function everyAnswer(
  stripe: ReturnType<typeof useScriptedStripe>,
  sent: object,
  billingDetails = false,
): Promise<readonly unknown[]> {
  const gateway = stripe.makeGateway({ maxTries: 1, billingDetails });
  stripe.answer(json(200, sent));
  const attached = await gateway.attach(attachRequest());
  stripe.answer(json(200, sent));
  const looked = await gateway.lookUp(pm('pm_1'));
  stripe.answer(json(200, stripeList([sent])));
  const listed = await gateway.listPaymentMethods({ customer: attachRequest().customer });
  const type = 'payment_method.attached';
  const event = { id: 'evt_1', object: 'event', type, created: 1, livemode: false, data: { object: sent } };
  stripe.answer(json(200, stripeList([event])));
  const told = await gateway.listEvents({ createdFrom: 0 });
  const parsed = parseEvent(event);
  if (parsed === null) throw new TypeError('no event');
  return [attached, looked, listed, told, toNotification(parsed, { billingDetails })];
}
