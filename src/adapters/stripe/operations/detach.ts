import type { DetachRequest } from '../../../application/ports/paymentMethodGateway.ts';
import type { DetachAnswer } from '../../../domain/gatewayAnswers.ts';
import type { DetachRejectionReason } from '../../../domain/paymentMethodEvents.ts';
import { paymentMethodSchema } from '../objects/paymentMethod.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import type { StripeError } from './answers.ts';
import { readRefusal } from './answers.ts';
import { segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { keyedPost } from './operation.ts';

type KnownAnswer = Exclude<DetachAnswer, { answer: 'unknown' }>;

/** https://docs.stripe.com/api/payment_methods/detach */
export function detach(request: DetachRequest): Operation<KnownAnswer> {
  const path = `/v1/payment_methods/${segment(request.paymentMethodId)}/detach`;
  return keyedPost(request, path, '', (answered) => readDetach(request, answered));
}

function readDetach({ paymentMethodId }: DetachRequest, answered: Answered): Verdict<KnownAnswer> {
  if (answered.status !== 200) return readRefusal(answered, reasonOf);
  const { data: echo } = paymentMethodSchema.safeParse(answered.body);
  if (echo === undefined) return unknown('unexpectedAnswer');
  const isNobodys = echo.customer === null && echo.customer_account === null;
  return echo.id === paymentMethodId && isNobodys ? known({ answer: 'detached' }) : unknown('unexpectedEcho');
}

function reasonOf({ code, param }: StripeError, status: number): DetachRejectionReason | null {
  if (code !== 'resource_missing') return null;
  return status === 404 || param === 'payment_method' ? 'paymentMethodNotFound' : null;
}
