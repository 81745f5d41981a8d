import * as z from 'zod';
import { isPaymentMethodsError } from '../../../application/errors.ts';
import type { EventPage, EventsRequest, ListedEvent } from '../../../application/ports/paymentMethodGateway.ts';
import { misconfigured } from '../faults.ts';
import type { Reads } from '../objects/paymentMethod.ts';
import { readsNothingMore } from '../objects/paymentMethod.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import type { WebhookEvent } from '../webhooks/event.ts';
import { parseEvent } from '../webhooks/event.ts';
import { toNotification } from '../webhooks/toNotification.ts';
import { readNotFound } from './answers.ts';
import type { Field } from './form.ts';
import { encodeForm } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { get } from './operation.ts';

type KnownPage = Exclude<EventPage, { look: 'unknown' }>;

const maxLimit = 100;
const types = [
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'setup_intent.succeeded',
  'customer.deleted',
];
const pageSchema = z.object({
  object: z.literal('list'),
  data: z.array(z.unknown()).max(maxLimit),
  has_more: z.boolean(),
});

const envelopeSchema = z.object({ id: z.string().regex(/^evt_\w{1,250}$/), created: z.int().min(0).catch(0) });

/** Throws `GATEWAY_MISCONFIGURED` for a limit or an instant that Stripe refuses. https://docs.stripe.com/api/events/list */
export function listEvents(apiVersion: string, request: EventsRequest, reads = readsNothingMore): Operation<KnownPage> {
  const { createdFrom, createdTo, after, limit = maxLimit } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw misconfigured(`limit is ${String(limit)}; it must be a whole number from 1 to ${String(maxLimit)}.`);
  }
  for (const [name, seconds] of Object.entries({ createdFrom, createdTo: createdTo ?? 0 })) {
    if (!Number.isInteger(seconds) || seconds < 0) {
      throw misconfigured(`${name} is ${String(seconds)}; it must be whole seconds since 1970.`);
    }
  }
  const fields: Field[] = [
    ['limit', String(limit)],
    ...types.map((type, index): Field => [`types[${index}]`, type]),
    ['created[gte]', String(createdFrom)],
  ];
  if (createdTo !== undefined) fields.push(['created[lte]', String(createdTo)]);
  if (after !== undefined) fields.push(['starting_after', after]);
  return get(apiVersion, `/v1/events?${encodeForm(fields)}`, (answered) => readPage(request, answered, reads), 'sweep');
}

/** An event that cannot be read is listed as such: the others of its page are worth having without it. */
function readPage({ after }: EventsRequest, answered: Answered, reads: Reads): Verdict<KnownPage> {
  if (answered.status !== 200) return readNotFound(answered, ['starting_after']);
  const { data: page } = pageSchema.safeParse(answered.body);
  // A page that says there is more, and names none to go on from, would be asked for for ever.
  if (page === undefined || (page.has_more && page.data.length === 0)) return unknown('unexpectedAnswer');
  const events: ListedEvent[] = [];
  for (const found of page.data) {
    const event = parseEvent(found);
    const listed = event === null ? unreadable(found) : readable(event, reads);
    if (listed === null) return unknown('unexpectedAnswer');
    if (listed.eventId === after || (event !== null && !types.includes(event.type))) return unknown('unexpectedEcho');
    events.push(listed);
  }
  return known({ look: 'found', events, hasMore: page.has_more });
}

function readable(event: WebhookEvent, reads: Reads): ListedEvent {
  return { eventId: event.eventId, created: event.created, notification: notificationOf(event, reads) };
}

/** All that has to be known to go on behind it; null where even that is not there. */
function unreadable(found: unknown): ListedEvent | null {
  const { data } = envelopeSchema.safeParse(found);
  return data === undefined ? null : { eventId: data.id, created: data.created, notification: null };
}

function notificationOf(event: WebhookEvent, reads: Reads): ListedEvent['notification'] {
  try {
    return toNotification(event, reads);
  } catch (error) {
    if (isPaymentMethodsError(error, 'WEBHOOK_INVALID')) return null;
    throw error;
  }
}
