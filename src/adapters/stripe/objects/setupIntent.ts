import * as z from 'zod';
import { isAttemptId, isPaymentMethodId, isSetupIntentId } from '../../../domain/identifiers.ts';
import type { AttemptId, CustomerReference } from '../../../domain/identifiers.ts';
import type { SetupIntent } from '../../../domain/gatewayAnswers.ts';
import { customerOf } from './customerReference.ts';
import { customerAccount, id, reference } from './fields.ts';

/** The key in a SetupIntent's metadata by which our attempt is found again. */
export const attemptIdKey = 'attach_payment_method_attempt_id';

/** Stripe's SetupIntent, as far as it is needed. https://docs.stripe.com/api/setup_intents/object */
export const setupIntentSchema = z.object({
  id,
  object: z.literal('setup_intent'),
  client_secret: z.string().min(1).max(500),
  status: z.string().min(1).max(100),
  customer: reference,
  customer_account: customerAccount,
  payment_method: reference,
  metadata: z
    .object({ [attemptIdKey]: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** The SetupIntent in a body; undefined when it is not one that can be relied on. */
export function readSetupIntent(body: unknown, expected: CustomerReference | undefined): SetupIntent | undefined {
  const { data: found } = setupIntentSchema.safeParse(body);
  if (found === undefined || !isSetupIntentId(found.id)) return undefined;
  const customer = customerOf(found, expected);
  const { payment_method: paymentMethodId } = found;
  if (customer === undefined || (paymentMethodId !== null && !isPaymentMethodId(paymentMethodId))) return undefined;
  return {
    setupIntentId: found.id,
    clientSecret: found.client_secret,
    status: found.status,
    customer,
    paymentMethodId,
    attemptId: attemptIn(found.metadata?.[attemptIdKey] ?? null),
  };
}

function attemptIn(value: string | null): AttemptId | null {
  return value !== null && isAttemptId(value) ? value : null;
}
