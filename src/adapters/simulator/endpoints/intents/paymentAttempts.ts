import { cardFailure } from '../../instruments/cardErrors.ts';
import type { Failure } from '../../wire/failures.ts';
import { booleanOf } from '../../wire/parameters.ts';
import type { PaymentIntentRecord, PaymentMethodRecord } from '../../world/records.ts';
import { checkSaveable, commitAttach, verified } from '../attach.ts';
import type { Change, Context } from '../context.ts';
import { emit } from '../context.ts';
import { authenticationFailure, intentFailures, paymentKind } from './intentFailures.ts';
import { paymentIntentObject } from '../../objects/intentObjects.ts';
import { afterFailure, attemptFailure, checkReturnUrl } from './intents.ts';
import { viewOf } from '../../objects/objects.ts';

/** Everything that can be refused before a charge is tried. */
export function checkPayment(
  context: Context,
  intent: PaymentIntentRecord,
  paymentMethod: PaymentMethodRecord | null | undefined,
): PaymentMethodRecord {
  const { owner, setupFutureUsage } = intent;
  checkReturnUrl(paymentKind, intent);
  if (paymentMethod === null || paymentMethod === undefined) {
    throw intentFailures.noPaymentMethod(paymentKind, paymentIntentObject(intent, viewOf(context)));
  }
  if (owner !== null && setupFutureUsage !== null) checkSaveable(context, paymentMethod, owner);
  return paymentMethod;
}

/** What becomes of a PaymentIntent that waits for its cardholder. */
export function finishPayment(change: Change, intent: PaymentIntentRecord, succeeds: boolean): PaymentIntentRecord {
  const paymentMethod = change.world.paymentMethods.get(intent.paymentMethodId ?? '');
  if (intent.status !== 'requires_action' || paymentMethod === undefined) return intent;
  if (!succeeds) return failPayment(change, intent, paymentMethod, authenticationFailure(paymentKind)).record;
  const { chargeDecline } = paymentMethod;
  if (chargeDecline !== null) return failPayment(change, intent, paymentMethod, cardFailure(chargeDecline)).record;
  return succeedPayment(change, intent, paymentMethod);
}

/** Charges: it succeeds, waits for the cardholder to authenticate, or is refused with a 402. */
export function tryPayment(context: Context, intent: PaymentIntentRecord, paymentMethod: PaymentMethodRecord) {
  const asks = paymentMethod.authentication !== 'never';
  const isOffSession = booleanOf(context.parameters, 'off_session') === true;
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
  const { owner, setupFutureUsage } = intent;
  const { world, ids } = change;
  if (owner !== null && setupFutureUsage !== null) commitAttach(change, paymentMethod, owner);
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
