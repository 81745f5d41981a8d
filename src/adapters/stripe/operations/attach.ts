import type { AttachRequest } from '../../../application/ports/paymentMethodGateway.ts';
import type { Answer } from '../../../domain/answers.ts';
import type { RejectionReason } from '../../../domain/paymentMethodEvents.ts';
import { names } from '../objects/customerReference.ts';
import type { Reads } from '../objects/paymentMethod.ts';
import { echoedId, paymentMethodSchema, readsNothingMore, summarise } from '../objects/paymentMethod.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import type { StripeError } from './answers.ts';
import { parseError, readRefusal } from './answers.ts';
import { customerField, encodeForm, segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { keyedPost } from './operation.ts';

type KnownAnswer = Exclude<Answer, { answer: 'unknown' }>;

/** https://docs.stripe.com/api/payment_methods/attach */
export function attach(request: AttachRequest, reads = readsNothingMore): Operation<KnownAnswer> {
  const path = `/v1/payment_methods/${segment(request.paymentMethodId)}/attach`;
  const body = encodeForm([customerField(request.customer)]);
  return keyedPost(request, path, body, (answered) => readAttach(request, answered, reads));
}

/** Reads the response to an attach, by its status and its parsed body alone. Never throws. */
export function readAttach(request: AttachRequest, answered: Answered, reads = readsNothingMore): Verdict<KnownAnswer> {
  if (answered.status === 200) return readEcho(request, answered.body, reads);
  const refusal = readRefusal(answered, reasonOf);
  if (refusal.verdict !== 'known') return refusal;
  return known({ ...refusal.known, declineCode: parseError(answered)?.declineCode ?? null });
}

function readEcho(
  { paymentMethodId: asked, customer }: AttachRequest,
  body: unknown,
  reads: Reads,
): Verdict<KnownAnswer> {
  const { data: echo } = paymentMethodSchema.safeParse(body);
  if (echo === undefined) return unknown('unexpectedAnswer');
  const paymentMethodId = echoedId(asked, echo);
  if (paymentMethodId === null || !names(echo, customer)) return unknown('unexpectedEcho');
  return known({ answer: 'attached', paymentMethod: summarise(echo, paymentMethodId, customer, reads) });
}

function reasonOf({ type, code, param }: StripeError, status: number): RejectionReason | null {
  if (status === 402 || type === 'card_error') return 'cardDeclined';
  if (code === 'resource_missing') {
    if (param === 'customer' || param === 'customer_account') return 'customerNotFound';
    if (status === 404 || param === 'payment_method') return 'paymentMethodNotFound';
  }
  return code === 'customer_max_payment_methods' ? 'customerLimitReached' : null;
}
