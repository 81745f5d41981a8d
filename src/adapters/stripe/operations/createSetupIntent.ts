import type { SetupRequest } from '../../../application/ports/paymentMethodGateway.ts';
import type { SetupAnswer } from '../../../domain/gatewayAnswers.ts';
import type { SetupRejectionReason } from '../../../domain/setup.ts';
import { isSameCustomer } from '../../../domain/identifiers.ts';
import { attemptIdKey, readSetupIntent } from '../objects/setupIntent.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import type { StripeError } from './answers.ts';
import { readRefusal } from './answers.ts';
import type { Field } from './form.ts';
import { customerField, encodeForm } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { keyedPost } from './operation.ts';

type KnownAnswer = Exclude<SetupAnswer, { answer: 'unknown' }>;

/** https://docs.stripe.com/api/setup_intents/create */
export function createSetupIntent(request: SetupRequest): Operation<KnownAnswer> {
  const body = encodeForm([
    customerField(request.customer),
    ['usage', request.usage],
    ...typeFields(request.paymentMethodTypes),
    [`metadata[${attemptIdKey}]`, request.attemptId],
  ]);
  return keyedPost(request, '/v1/setup_intents', body, (answered) => readCreated(request, answered));
}

function typeFields(types: SetupRequest['paymentMethodTypes']): readonly Field[] {
  if (types === null) return [['automatic_payment_methods[enabled]', 'true']];
  return types.map((type, index) => [`payment_method_types[${index}]`, type]);
}

function readCreated({ customer, attemptId }: SetupRequest, answered: Answered): Verdict<KnownAnswer> {
  if (answered.status !== 200) return readRefusal(answered, reasonOf);
  const setupIntent = readSetupIntent(answered.body, customer);
  if (setupIntent === undefined) return unknown('unexpectedAnswer');
  const isOurs = setupIntent.customer !== null && isSameCustomer(setupIntent.customer, customer);
  // A SetupIntent has no id before it is made; the attempt in its metadata is what tells ours.
  if (!isOurs || setupIntent.attemptId !== attemptId) return unknown('unexpectedEcho');
  return known({ answer: 'created', setupIntent });
}

function reasonOf({ code, param }: StripeError): SetupRejectionReason | null {
  if (code !== 'resource_missing') return null;
  return param === 'customer' || param === 'customer_account' ? 'customerNotFound' : null;
}
