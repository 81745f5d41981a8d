import * as z from 'zod';
import { id, reference } from './fields.ts';

/**
 * Stripe's Customer, as far as its default for invoices goes; a deleted one is hardly more than its id. `deleted` is sent
 * only where it is true. https://docs.stripe.com/api/customers/object
 */
export const customerSchema = z.union([
  z.object({ id, object: z.literal('customer'), deleted: z.literal(true) }),
  z.object({
    id,
    object: z.literal('customer'),
    deleted: z.literal(false).optional(),
    invoice_settings: z.object({ default_payment_method: reference }),
  }),
]);
