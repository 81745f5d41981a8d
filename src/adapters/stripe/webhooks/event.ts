import * as z from 'zod';
import { isKeepable, isRequestId } from '../texts.ts';

/** What Stripe tells of: a snapshot event, with fields of ours. https://docs.stripe.com/api/events/object */
export type WebhookEvent = {
  /** `evt_…`; the same event may come more than once, and the same change as two events */
  readonly eventId: string;
  /** for example `payment_method.attached`, an open set */
  readonly type: string;
  /** unix seconds; no order to rely on */
  readonly created: number;
  /** the version `object` is written in: the endpoint's, not that of any request */
  readonly apiVersion: string | null;
  /** the connected account it happened in (`acct_…`), where it is one */
  readonly account: string | null;
  readonly livemode: boolean;
  /** the request that did it; null where none did, or Stripe does not say */
  readonly request: { readonly requestId: string | null; readonly idempotencyKey: string | null } | null;
  /** what it happened to, as it was afterwards, in Stripe's own form */
  readonly object: Readonly<Record<string, unknown>>;
  /** of an update or a detachment, what changed, as it was before */
  readonly previousAttributes: Readonly<Record<string, unknown>> | null;
};

const text = z.string().min(1).max(255).refine(isKeepable);
const optionalText = text.nullish().transform((found) => found ?? null);
const fields = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

// What is malformed is left out: it is no request and no key of ours, and what happened counts all the same.
const requestIdIn = (found: unknown) => (isRequestId(found) ? found : null);
const idempotencyKey = optionalText.catch(null);

// Before 2017-05-25 a request was written as its id alone.
const request = z
  .union([
    z
      .object({ id: z.unknown(), idempotency_key: idempotencyKey })
      .transform((found) => ({ requestId: requestIdIn(found.id), idempotencyKey: found.idempotency_key })),
    z.string().transform((found) => ({ requestId: requestIdIn(found), idempotencyKey: null })),
  ])
  .nullish()
  .transform((found) => found ?? null);

const eventSchema = z
  .object({
    id: text,
    object: z.literal('event'),
    type: text,
    created: z.int(),
    api_version: optionalText,
    account: optionalText,
    livemode: z.boolean(),
    request,
    data: z.object({
      object: fields,
      previous_attributes: fields.nullish().transform((found) => found ?? null),
    }),
  })
  .transform(
    (event): WebhookEvent => ({
      eventId: event.id,
      type: event.type,
      created: event.created,
      apiVersion: event.api_version,
      account: event.account,
      livemode: event.livemode,
      request: event.request,
      object: event.data.object,
      previousAttributes: event.data.previous_attributes,
    }),
  );

/** The event in a body; null when it is no snapshot event. Fields and types not known here pass. Never throws. */
export function parseEvent(body: unknown): WebhookEvent | null {
  return eventSchema.safeParse(body).data ?? null;
}
