import * as z from 'zod';
import type { ListRequest } from '../../../application/ports/paymentMethodGateway.ts';
import type { PaymentMethodPage } from '../../../domain/gatewayAnswers.ts';
import { isPaymentMethodId } from '../../../domain/identifiers.ts';
import type { PaymentMethodSummary } from '../../../domain/paymentMethodSummary.ts';
import { misconfigured } from '../faults.ts';
import { names } from '../objects/customerReference.ts';
import type { Reads } from '../objects/paymentMethod.ts';
import { paymentMethodSchema, readsNothingMore, summarise } from '../objects/paymentMethod.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import { readNotFound } from './answers.ts';
import type { Field } from './form.ts';
import { encodeForm, segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { get } from './operation.ts';

type KnownLook = Exclude<PaymentMethodPage, { look: 'unknown' }>;

const maxLimit = 100;
/** https://docs.stripe.com/api/pagination */
export const pageSchema = z.object({
  object: z.literal('list'),
  data: z.array(paymentMethodSchema).max(maxLimit),
  has_more: z.boolean(),
});

/**
 * A customer's by the path that Stripe documents for it (https://docs.stripe.com/api/payment_methods/customer_list); an
 * account has no such path, and is asked for by the plain list. Throws `GATEWAY_MISCONFIGURED` for a limit Stripe refuses.
 */
export function listPaymentMethods(
  apiVersion: string,
  request: ListRequest,
  reads = readsNothingMore,
): Operation<KnownLook> {
  const { customer, after, limit = maxLimit } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw misconfigured(`limit is ${String(limit)}; it must be a whole number from 1 to ${String(maxLimit)}.`);
  }
  const page: Field[] = [['limit', String(limit)]];
  if (after !== undefined) page.push(['starting_after', after]);
  const path =
    customer.kind === 'customer'
      ? `/v1/customers/${segment(customer.id)}/payment_methods?${encodeForm(page)}`
      : `/v1/payment_methods?${encodeForm([['customer_account', customer.id], ...page])}`;
  return get(apiVersion, path, (answered) => readPage(request, answered, reads), 'sweep');
}

/** One payment method that cannot be read makes the page unknown: a page that left it out would not be all there is. */
function readPage({ customer, after }: ListRequest, answered: Answered, reads: Reads): Verdict<KnownLook> {
  if (answered.status !== 200) return readNotFound(answered, ['customer', 'customer_account']);
  const { data: page } = pageSchema.safeParse(answered.body);
  // A page that says there is more, and names none to go on from, would be asked for for ever.
  if (page === undefined || (page.has_more && page.data.length === 0)) return unknown('unexpectedAnswer');
  const paymentMethods: PaymentMethodSummary[] = [];
  for (const found of page.data) {
    if (!isPaymentMethodId(found.id)) return unknown('unexpectedAnswer');
    if (found.id === after || !names(found, customer)) return unknown('unexpectedEcho');
    paymentMethods.push(summarise(found, found.id, customer, reads));
  }
  return known({ look: 'found', paymentMethods, hasMore: page.has_more });
}
