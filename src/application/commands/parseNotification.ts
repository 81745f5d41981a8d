import * as z from 'zod';
import type { CustomerId, CustomerReference, SetupIntentId } from '../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isSetupIntentId } from '../../domain/identifiers.ts';
import { attemptId, parse, paymentMethodId } from './commandParts.ts';
import type { Notification } from './notifications.ts';

const storable = /^[^\p{Cc}\p{Cs}]{0,255}$/u;
const text = z.custom<string>((value) => typeof value === 'string' && value !== '' && storable.test(value), {
  error: 'must be given as 1 to 255 characters, none of them a control character',
});
const shown = text.nullable();

const customerReference = z.custom<CustomerReference>(
  (value) => {
    const { kind, id } = (value ?? {}) as { readonly kind?: unknown; readonly id?: unknown };
    if (typeof id !== 'string') return false;
    return kind === 'customer' ? isCustomerId(id) : kind === 'customerAccount' && isAccountId(id);
  },
  { error: 'must be a customer (cus_…) or an account that acts as one (acct_…)' },
);

const card = z.object({
  brand: text,
  last4: z.string().max(4).regex(storable),
  expMonth: z.int(),
  expYear: z.int(),
  funding: text,
  country: shown,
  fingerprint: shown,
  wallet: shown,
  checks: z.object({ cvc: shown, addressLine1: shown, addressPostalCode: shown }),
});

const line = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .nullable();

const billingDetails = z.object({
  name: line,
  email: line,
  phone: line,
  address: z.object({ line1: line, line2: line, postalCode: line, city: line, state: line, country: line }),
});

const paymentMethod = {
  paymentMethodId,
  type: text,
  card: card.nullable(),
  billingDetails: billingDetails.optional(),
  livemode: z.boolean(),
  created: z.int(),
};

const about = { notificationId: text, requestId: shown, idempotencyKey: shown };
const alsoNamed = customerReference.nullish();

const schema = z.discriminatedUnion(
  'type',
  [
    z.object({
      ...about,
      type: z.literal('paymentMethodAttached'),
      paymentMethod: z.object({ ...paymentMethod, customer: customerReference }),
      alsoNamed,
    }),
    z.object({
      ...about,
      type: z.literal('paymentMethodDetached'),
      paymentMethod: z.object({ ...paymentMethod, customer: customerReference.nullable() }),
      customer: customerReference.nullable(),
      alsoNamed,
    }),
    z.object({ ...about, type: z.literal('paymentMethodUpdated'), paymentMethodId }),
    z.object({
      ...about,
      type: z.literal('setupSucceeded'),
      setupIntentId: z.custom<SetupIntentId>((value) => typeof value === 'string' && isSetupIntentId(value), {
        error: 'must be the id of a SetupIntent: seti_…',
      }),
      paymentMethodId,
      attemptId: attemptId.nullable(),
      customer: customerReference.nullable(),
      alsoNamed,
    }),
    z.object({
      ...about,
      type: z.literal('customerDeleted'),
      customerId: z.custom<CustomerId>((value) => typeof value === 'string' && isCustomerId(value), {
        error: 'must be a customer id: cus_…',
      }),
    }),
    z.object({ ...about, type: z.literal('other') }),
  ],
  { error: 'is no notification: give what toNotification makes of an event of Stripe’s' },
) satisfies z.ZodType<Notification>;

/** What a host gives to `ingest`, checked before any I/O: `INVALID_COMMAND` for an event of Stripe's as it is. */
export function parseNotification(input: unknown): Notification {
  return parse('ingest', schema, input);
}
