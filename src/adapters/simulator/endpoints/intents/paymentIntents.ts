import { paymentIntentObject } from '../../objects/intentObjects.ts';
import { viewOf } from '../../objects/objects.ts';
import { textOf } from '../../wire/form.ts';
import { givenAfter } from '../../wire/given.ts';
import type { JsonObject } from '../../wire/json.ts';
import { booleanOf, integerOf, textsOf } from '../../wire/parameters.ts';
import type { PaymentIntentRecord } from '../../world/records.ts';
import type { Context } from '../context.ts';
import { emit, requiredText } from '../context.ts';
import { noSuch } from '../lookups.ts';
import { intentFailures, paymentKind } from './intentFailures.ts';
import { namedPaymentMethod, newIntent } from './intents.ts';
import { checkPayment, tryPayment } from './paymentAttempts.ts';

const inPath = { status: 404, param: 'intent' } as const;
const open = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const minimumAmount = 50;

/** POST /v1/payment_intents (https://docs.stripe.com/api/payment_intents/create). */
export function createPaymentIntent(context: Context): JsonObject {
  const { ids, parameters, world } = context;
  requiredText(context, 'amount');
  const amount = integerOf(parameters, 'amount', { min: 0, max: 99_999_999 }) ?? 0;
  const currency = requiredText(context, 'currency').toLowerCase();
  if (amount < minimumAmount) throw intentFailures.amountTooSmall();
  const { shared, paymentMethod } = newIntent(context, paymentKind, ids.paymentIntent());
  const isConfirmed = booleanOf(parameters, 'confirm') === true;
  const setupFutureUsage = textOf(parameters, 'setup_future_usage') ?? null;
  const rest = { amount, currency, setupFutureUsage, latestCharge: null, canceledAt: null };
  const intent: PaymentIntentRecord = { ...shared, ...rest };
  const confirmed = isConfirmed ? checkPayment(context, intent, paymentMethod) : null;
  if (paymentMethod !== null) world.paymentMethods.put(paymentMethod);
  world.paymentIntents.put(intent);
  emit(context, 'payment_intent.created', { object: 'payment_intent', record: intent });
  return shown(context, confirmed === null ? intent : tryPayment(context, intent, confirmed));
}

/** GET /v1/payment_intents/:id (https://docs.stripe.com/api/payment_intents/retrieve). */
export function retrievePaymentIntent(context: Context): JsonObject {
  return shown(context, find(context));
}

/** POST /v1/payment_intents/:id/confirm (https://docs.stripe.com/api/payment_intents/confirm). */
export function confirmPaymentIntent(context: Context): JsonObject {
  const { world, parameters } = context;
  const before = find(context);
  if (!open.includes(before.status)) {
    throw intentFailures.cannot('confirm', paymentKind, shown(context, before), before.status);
  }
  const types = textsOf(parameters, 'payment_method_types');
  const intent: PaymentIntentRecord = {
    ...before,
    returnUrl: textOf(parameters, 'return_url') ?? before.returnUrl,
    setupFutureUsage: futureUsageAfter(before, textOf(parameters, 'setup_future_usage')),
    paymentMethodTypes: types.length > 0 ? types : before.paymentMethodTypes,
    given: givenAfter(before.given, parameters, paymentKind.given),
  };
  const named = namedPaymentMethod(context, paymentKind, intent);
  const paymentMethod = checkPayment(context, intent, named ?? world.paymentMethods.get(before.paymentMethodId ?? ''));
  world.paymentMethods.put(paymentMethod);
  return shown(context, tryPayment(context, { ...intent, paymentMethodId: paymentMethod.id }, paymentMethod));
}

function futureUsageAfter({ setupFutureUsage }: PaymentIntentRecord, given: string | undefined): string | null {
  if (given === undefined) return setupFutureUsage;
  return given === '' ? null : given;
}

function find(context: Context): PaymentIntentRecord {
  const { world, pathId } = context;
  const intent = world.paymentIntents.get(pathId);
  if (intent !== undefined) return intent;
  throw noSuch(context, 'payment_intent', pathId, inPath, (other) => other.paymentIntents.has(pathId));
}

function shown(context: Context, intent: PaymentIntentRecord): JsonObject {
  return paymentIntentObject(intent, viewOf(context));
}
