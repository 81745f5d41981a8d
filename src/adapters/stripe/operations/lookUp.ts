import type { LookUp } from '../../../domain/answers.ts';
import type { CustomerReference, PaymentMethodId } from '../../../domain/identifiers.ts';
import { customerOf } from '../objects/customerReference.ts';
import { echoedId, paymentMethodSchema, readsNothingMore, summarise } from '../objects/paymentMethod.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import { readNotFound } from './answers.ts';
import { segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { get } from './operation.ts';

type KnownLook = Exclude<LookUp, { look: 'unknown' }>;

/** https://docs.stripe.com/api/payment_methods/retrieve */
export function lookUp(
  apiVersion: string,
  asked: PaymentMethodId,
  expected: CustomerReference | undefined,
  reads = readsNothingMore,
): Operation<KnownLook> {
  const path = `/v1/payment_methods/${segment(asked)}`;
  return get(apiVersion, path, (answered) => readLookUp(asked, expected, answered, reads));
}

/** Reads the response to a look at a payment method. Never throws. */
export function readLookUp(
  asked: PaymentMethodId,
  expected: CustomerReference | undefined,
  answered: Answered,
  reads = readsNothingMore,
): Verdict<KnownLook> {
  if (answered.status !== 200) return readNotFound(answered, []);
  const { data: found } = paymentMethodSchema.safeParse(answered.body);
  if (found === undefined) return unknown('unexpectedAnswer');
  const paymentMethodId = echoedId(asked, found);
  if (paymentMethodId === null) return unknown('unexpectedEcho');
  const customer = customerOf(found, expected);
  if (customer === undefined) return unknown('unexpectedAnswer');
  return known({ look: 'found', paymentMethod: summarise(found, paymentMethodId, customer, reads) });
}
