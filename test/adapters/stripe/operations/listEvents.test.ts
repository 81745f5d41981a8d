import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { stripeList, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { missing, unsettledLooks } from './refusals.ts';

const stripe = useScriptedStripe();
const unknown = (cause: string) => ({ look: 'unknown', cause });

function anEvent(changes: object = {}) {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2025-10-29.clover',
    created: 1_763_900_000,
    data: { object: stripePaymentMethod() },
    livemode: false,
    pending_webhooks: 0,
    request: { id: 'req_1', idempotency_key: 'key-1' },
    type: 'payment_method.attached',
    ...changes,
  };
}

type Row = readonly [title: string, script: Script, look: object];
const rows: readonly Row[] = [
  ['nothing', json(200, stripeList([])), { look: 'found', events: [], hasMore: false }],
  [
    'one, and more to come',
    json(200, stripeList([anEvent()], true)),
    {
      look: 'found',
      events: [{ eventId: 'evt_1', notification: { type: 'paymentMethodAttached', idempotencyKey: 'key-1' } }],
      hasMore: true,
    },
  ],
  [
    'one that cannot be read, beside one that can',
    json(200, stripeList([anEvent({ data: { object: {} } }), anEvent({ id: 'evt_2' })])),
    { events: [{ eventId: 'evt_1', notification: null }, { notification: { notificationId: 'evt_2' } }] },
  ],
  [
    'one whose envelope cannot be read, beside one that can',
    json(200, stripeList([{ id: 'evt_1', created: 7 }, { id: 'evt_3', created: 'x' }, anEvent({ id: 'evt_2' })])),
    {
      events: [
        { eventId: 'evt_1', created: 7, notification: null },
        { eventId: 'evt_3', created: 0, notification: null },
        { eventId: 'evt_2', notification: { type: 'paymentMethodAttached' } },
      ],
    },
  ],
  [
    'the one to go on after, unreadable',
    json(200, stripeList([{ id: 'evt_9', created: 7 }])),
    unknown('unexpectedEcho'),
  ],
  ['one of another type', json(200, stripeList([anEvent({ type: 'charge.failed' })])), unknown('unexpectedEcho')],
  ['the one to go on after, again', json(200, stripeList([anEvent({ id: 'evt_9' })])), unknown('unexpectedEcho')],
  ['one that is no event', json(200, stripeList([{ object: 'charge' }])), unknown('unexpectedAnswer')],
  ['more to come after nothing', json(200, stripeList([], true)), unknown('unexpectedAnswer')],
  ['no list', json(200, anEvent()), unknown('unexpectedAnswer')],
  ['400 resource_missing of the one to go on after', json(400, missing('starting_after')), { look: 'notFound' }],
  ['400 resource_missing of something else', json(400, missing('types')), unknown('unexpectedAnswer')],
  ...unsettledLooks.map(([title, script, cause]) => [title, script, unknown(cause)] as const),
];

describe('the answer to a list of events', () => {
  for (const [title, script, look] of rows) {
    it(title, async () => {
      stripe.answer(script);
      const answer = stripe.makeGateway({ maxTries: 1 }).listEvents({ createdFrom: 0, after: 'evt_9' });
      await expect(answer).resolves.toMatchObject({ ...look, evidence: { source: 'sweep' } });
    });
  }

  it.each([
    { createdFrom: 0, limit: 0 },
    { createdFrom: 0, limit: 101 },
    { createdFrom: -1 },
    { createdFrom: 1.5 },
    { createdFrom: 0, createdTo: -1 },
    { createdFrom: 0, createdTo: 1.5 },
    { createdFrom: Number.NaN },
  ])('%o is a fault, and nothing is sent', async (request) => {
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway().listEvents(request);
      await expect(answer).rejects.toMatchObject({ code: 'GATEWAY_MISCONFIGURED' });
    });
    expect(requests).toHaveLength(0);
  });
});
