import { cardFailure } from '../../instruments/cardErrors.ts';
import { paymentIntentObject } from '../../objects/intentObjects.ts';
import { viewOf } from '../../objects/objects.ts';
import type { Failure } from '../../wire/failures.ts';
import { textOf } from '../../wire/form.ts';
import type { Owner, PaymentIntentRecord, PaymentMethodRecord } from '../../world/records.ts';
import { commitAttach, verified } from '../attach.ts';
import type { Change, Context } from '../context.ts';
import { emit } from '../context.ts';
import { authenticationFailure, intentFailures, paymentKind } from './intentFailures.ts';
import { afterFailure, attemptFailure, checkAttempt, checkReturnUrl, lateRefusal } from './intents.ts';

/** Everything that can be refused before a charge is tried. */
export function checkPayment(
  context: Context,
  intent: PaymentIntentRecord,
  paymentMethod: PaymentMethodRecord | null | undefined,
): PaymentMethodRecord {
  checkReturnUrl(paymentKind, intent);
  if (paymentMethod === null || paymentMethod === undefined) {
    throw intentFailures.noPaymentMethod(paymentKind, paymentIntentObject(intent, viewOf(context)));
  }
  checkAttempt(context, paymentKind, intent, { paymentMethod, savedFor: savedFor(intent) });
  return paymentMethod;
}

/** What becomes of a PaymentIntent that waits for its cardholder. */
export function finishPayment(change: Change, intent: PaymentIntentRecord, succeeds: boolean): PaymentIntentRecord {
  const paymentMethod = change.world.paymentMethods.get(intent.paymentMethodId ?? '');
  if (intent.status !== 'requires_action' || paymentMethod === undefined) return intent;
  const failure = succeeds ? lateFailure(change, intent, paymentMethod) : authenticationFailure(paymentKind);
  if (failure !== null) return failPayment(change, intent, paymentMethod, failure).record;
  return succeedPayment(change, intent, paymentMethod);
}

function lateFailure(change: Change, intent: PaymentIntentRecord, paymentMethod: PaymentMethodRecord): Failure | null {
  const owner = savedFor(intent);
  const refusal = owner === null ? null : lateRefusal(change, paymentMethod, owner);
  return refusal ?? (paymentMethod.chargeDecline === null ? null : cardFailure(paymentMethod.chargeDecline));
}

/** Who keeps the payment method once it is charged. */
function savedFor({ owner, setupFutureUsage }: PaymentIntentRecord): Owner | null {
  return setupFutureUsage === null ? null : owner;
}

/** Charges: it succeeds, waits for the cardholder to authenticate, or is refused with a 402. */
export function tryPayment(context: Context, intent: PaymentIntentRecord, paymentMethod: PaymentMethodRecord) {
  const asks = paymentMethod.authentication !== 'never';
  const isOffSession = !['false', undefined].includes(textOf(context.parameters, 'off_session'));
  if (asks && !isOffSession) {
    const waiting: PaymentIntentRecord = { ...intent, status: 'requires_action', lastError: null };
    return commitPayment(context, waiting, 'payment_intent.requires_action');
  }
  const code = asks ? 'authentication_required' : paymentMethod.chargeDecline;
  if (code === null) return succeedPayment(context, intent, paymentMethod);
  const failure = cardFailure(code);
  const { record, failedWith, charge } = failPayment(context, intent, paymentMethod, failure);
  throw attemptFailure(context, failure, failedWith, {
    charge,
    payment_intent: paymentIntentObject(record, viewOf(context)),
  });
}

/** With a customer and `setup_future_usage` the payment method is attached; else it is used up. */
function succeedPayment(change: Change, intent: PaymentIntentRecord, paymentMethod: PaymentMethodRecord) {
  const { world, ids } = change;
  const owner = savedFor(intent);
  if (owner !== null) commitAttach(change, paymentMethod, owner);
  else if (paymentMethod.owner === null) world.paymentMethods.put({ ...verified(paymentMethod), spent: true });
  const paid: PaymentIntentRecord = { ...intent, status: 'succeeded', latestCharge: ids.charge(), lastError: null };
  return commitPayment(change, paid, 'payment_intent.succeeded');
}

function failPayment(
  change: Change,
  intent: PaymentIntentRecord,
  paymentMethod: PaymentMethodRecord,
  failure: Failure,
) {
  const failedWith = afterFailure(paymentMethod, failure);
  change.world.paymentMethods.put(failedWith);
  const charge = change.ids.charge();
  const failed: PaymentIntentRecord = {
    ...intent,
    status: 'requires_payment_method',
    paymentMethodId: null,
    latestCharge: charge,
    lastError: { failure: { ...failure, objects: { charge } }, paymentMethod: failedWith },
  };
  return { record: commitPayment(change, failed, 'payment_intent.payment_failed'), failedWith, charge };
}

function commitPayment(change: Change, record: PaymentIntentRecord, type: string): PaymentIntentRecord {
  change.world.paymentIntents.put(record);
  emit(change, type, { object: 'payment_intent', record });
  return record;
}
