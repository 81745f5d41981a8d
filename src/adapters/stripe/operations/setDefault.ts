import type { SetDefaultRequest } from '../../../application/ports/paymentMethodGateway.ts';
import type { SetDefaultRejectionReason } from '../../../domain/customer.ts';
import type { SetDefaultAnswer } from '../../../domain/gatewayAnswers.ts';
import { customerSchema } from '../objects/customer.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import type { StripeError } from './answers.ts';
import { readRefusal } from './answers.ts';
import { encodeForm, segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { keyedPost } from './operation.ts';

type KnownAnswer = Exclude<SetDefaultAnswer, { answer: 'unknown' }>;

const defaultField = 'invoice_settings[default_payment_method]';

/** https://docs.stripe.com/api/customers/update */
export function setDefault(request: SetDefaultRequest): Operation<KnownAnswer> {
  const path = `/v1/customers/${segment(request.customer)}`;
  const body = encodeForm([[defaultField, request.paymentMethodId]]);
  return keyedPost(request, path, body, (answered) => readSetDefault(request, answered));
}

function readSetDefault({ customer, paymentMethodId }: SetDefaultRequest, answered: Answered): Verdict<KnownAnswer> {
  if (answered.status !== 200) return readRefusal(answered, reasonOf);
  const { data: echo } = customerSchema.safeParse(answered.body);
  if (echo === undefined || echo.deleted === true) return unknown('unexpectedAnswer');
  const isOurs = echo.id === customer && echo.invoice_settings.default_payment_method === paymentMethodId;
  return isOurs ? known({ answer: 'set' }) : unknown('unexpectedEcho');
}

function reasonOf({ code, param }: StripeError, status: number): SetDefaultRejectionReason | null {
  if (code !== 'resource_missing') return null;
  if (param === defaultField || param === 'payment_method') return 'paymentMethodNotFound';
  return status === 404 || param === 'customer' ? 'customerNotFound' : null;
}
