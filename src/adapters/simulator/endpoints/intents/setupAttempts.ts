import { cardFailure } from '../../instruments/cardErrors.ts';
import { setupIntentObject } from '../../objects/intentObjects.ts';
import { viewOf } from '../../objects/objects.ts';
import type { Failure } from '../../wire/failures.ts';
import type { PaymentMethodRecord, SetupIntentRecord } from '../../world/records.ts';
import { commitAttach, verified } from '../attach.ts';
import type { Change, Context } from '../context.ts';
import { emit } from '../context.ts';
import { authenticationFailure, intentFailures, setupKind } from './intentFailures.ts';
import { afterFailure, attemptFailure, checkAttempt, checkReturnUrl, lateRefusal } from './intents.ts';

/** Everything that can be refused before an attempt is made. */
export function checkSetup(
  context: Context,
  intent: SetupIntentRecord,
  paymentMethod: PaymentMethodRecord | null | undefined,
): PaymentMethodRecord {
  checkReturnUrl(setupKind, intent);
  if (paymentMethod === null || paymentMethod === undefined) {
    throw intentFailures.noPaymentMethod(setupKind, setupIntentObject(intent, viewOf(context)));
  }
  checkAttempt(context, setupKind, intent, { paymentMethod, savedFor: intent.owner });
  return paymentMethod;
}

/** Sets a payment method up: it succeeds, waits for the cardholder to authenticate, or is refused with a 402. */
export function trySetup(
  context: Context,
  intent: SetupIntentRecord,
  paymentMethod: PaymentMethodRecord,
): SetupIntentRecord {
  const tried = { ...intent, latestAttempt: context.ids.setupAttempt(), lastError: null };
  if (paymentMethod.decline !== null) {
    const failure = declined(paymentMethod.decline);
    const { record, failedWith } = failSetup(context, tried, paymentMethod, failure);
    throw attemptFailure(context, failure, failedWith, { setup_intent: setupIntentObject(record, viewOf(context)) });
  }
  if (paymentMethod.authentication !== 'never') {
    return commitSetup(context, { ...tried, status: 'requires_action' }, 'setup_intent.requires_action');
  }
  return succeedSetup(context, tried, paymentMethod, context.parameters.has('mandate_data'));
}

/** What becomes of a SetupIntent that waits for its cardholder. */
export function finishSetup(change: Change, intent: SetupIntentRecord, succeeds: boolean): SetupIntentRecord {
  const paymentMethod = change.world.paymentMethods.get(intent.paymentMethodId ?? '');
  if (intent.status !== 'requires_action' || paymentMethod === undefined) return intent;
  const refusal = intent.owner === null ? null : lateRefusal(change, paymentMethod, intent.owner);
  const failure = succeeds ? refusal : authenticationFailure(setupKind);
  if (failure !== null) return failSetup(change, intent, paymentMethod, failure).record;
  return succeedSetup(change, intent, paymentMethod, false);
}

/** The payment method is attached before the intent says that it succeeded. */
function succeedSetup(
  change: Change,
  intent: SetupIntentRecord,
  paymentMethod: PaymentMethodRecord,
  hasMandate: boolean,
): SetupIntentRecord {
  const { world, ids } = change;
  const isSetUp = paymentMethod.authentication === 'untilSetUp';
  const ready = isSetUp ? { ...paymentMethod, authentication: 'never' as const } : paymentMethod;
  if (isSetUp || intent.owner === null) world.paymentMethods.put(verified(ready));
  if (intent.owner !== null) commitAttach(change, ready, intent.owner);
  const mandate = hasMandate && paymentMethod.card === null ? ids.mandate() : null;
  return commitSetup(change, { ...intent, mandate, status: 'succeeded' }, 'setup_intent.succeeded');
}

function failSetup(change: Change, intent: SetupIntentRecord, paymentMethod: PaymentMethodRecord, failure: Failure) {
  const failedWith = afterFailure(paymentMethod, failure);
  change.world.paymentMethods.put(failedWith);
  const failed: SetupIntentRecord = {
    ...intent,
    status: 'requires_payment_method',
    paymentMethodId: null,
    lastError: { failure, paymentMethod: failedWith },
  };
  return { record: commitSetup(change, failed, 'setup_intent.setup_failed'), failedWith };
}

/** A setup's decline repeats a code of its own as the decline code. */
function declined(code: string): Failure {
  return { declineCode: code, ...cardFailure(code) };
}

function commitSetup(change: Change, record: SetupIntentRecord, type: string): SetupIntentRecord {
  change.world.setupIntents.put(record);
  emit(change, type, { object: 'setup_intent', record });
  return record;
}
