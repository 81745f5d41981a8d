import * as z from 'zod';
import { parse } from '../commands/commandParts.ts';
import { asOf } from '../commands/commands.ts';
import type { TrailEvent } from '../events/eventTypes.ts';
import { eventTypes } from '../events/eventTypes.ts';
import type { CustomerReference } from '../../domain/identifiers.ts';
import { isAccountId, isCustomerId } from '../../domain/identifiers.ts';

/** A place in a trail: behind the event at a position, or behind all that was recorded up to an instant. */
export type Place = number | Date;

/** Which events of a trail to read: all of these conditions hold of each; all events if none is given. */
export type ReadOptions<Type extends TrailEvent['type'] = TrailEvent['type']> = {
  /** start behind this place; at the beginning if absent */
  readonly after?: Place | undefined;
  /** end with this place; with the trail's last event if absent */
  readonly upTo?: Place | undefined;
  /** these types of events alone */
  readonly types?: readonly Type[] | undefined;
  /** this stream alone, as in `paymentMethod-pm_…`, `customer-cus_…`, `setup-…` */
  readonly stream?: string | undefined;
  /** `cus_…` or `acct_…`: what happened to this customer, and to whatever was being attached to it at the time */
  readonly customer?: string | undefined;
  /** gives up: the reading rejects with the signal's reason */
  readonly signal?: AbortSignal | undefined;
};

const customerError = 'must be a customer id (cus_…) or an account id (acct_…)';

const place = z.union([z.int().min(0), z.date()], {
  error: 'must be a position, a whole number from 0, or a valid Date',
});

const schema = z
  .strictObject({
    after: place.optional(),
    upTo: place.optional(),
    types: z
      .array(
        z.custom<TrailEvent['type']>((value) => typeof value === 'string' && Object.hasOwn(eventTypes, value), {
          error: `must be a type of event: ${Object.keys(eventTypes).join(', ')}`,
        }),
      )
      .optional(),
    stream: z.string().min(1).max(500).optional(),
    customer: z.custom<string>(isCustomerOrAccount, { error: customerError }).optional(),
  })
  .refine(({ after, upTo }) => !isBackwards(after, upTo), {
    error: 'must not be before after: the range runs backwards',
    path: ['upTo'],
  });

/** Untrusted input to what is to be read, or `INVALID_COMMAND` naming the field; before any I/O. */
export function parseRead(options: Omit<ReadOptions, 'signal'>) {
  return parse('read', schema, options);
}

const customerSchema = z.strictObject({
  customerId: z.custom<CustomerReference['id']>(isCustomerOrAccount, { error: customerError }),
  asOf: asOf.optional(),
});

/** As `parseRead`, for `customer`. */
export function parseCustomer(input: unknown) {
  return parse('customer', customerSchema, input);
}

function isCustomerOrAccount(value: unknown): boolean {
  return typeof value === 'string' && (isCustomerId(value) || isAccountId(value));
}

/** A position and an instant are not compared: where the instant is, the trail alone knows. */
function isBackwards(after: Place | undefined, upTo: Place | undefined): boolean {
  if (typeof after === 'number' && typeof upTo === 'number') return upTo < after;
  return after instanceof Date && upTo instanceof Date && upTo.getTime() < after.getTime();
}
