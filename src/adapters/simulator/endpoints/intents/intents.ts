import { automaticTypes } from '../../instruments/paymentMethodTypes.ts';
import { paymentMethodObject, viewOf } from '../../objects/objects.ts';
import type { Failure } from '../../wire/failures.ts';
import { missing, StripeFailure } from '../../wire/failures.ts';
import type { Form } from '../../wire/form.ts';
import { formOf, textOf } from '../../wire/form.ts';
import { givenAfter } from '../../wire/given.ts';
import type { JsonObject } from '../../wire/json.ts';
import { booleanOf, metadataAfter, textsOf } from '../../wire/parameters.ts';
import { requestFailures } from '../../wire/requestFailures.ts';
import type { IntentRecord, Owner, PaymentMethodRecord } from '../../world/records.ts';
import { isOwner } from '../../world/records.ts';
import { checkSaveable, saveRefusal, verified } from '../attach.ts';
import type { Change, Context } from '../context.ts';
import { secondsOf } from '../context.ts';
import { checkOwner, findUsable, isThere, namedOwner } from '../lookups.ts';
import { paymentMethodFrom } from '../paymentMethods.ts';
import type { IntentKind } from './intentFailures.ts';
import { intentFailures } from './intentFailures.ts';

/** An intent as its parameters ask for it, and the payment method it names. */
export function newIntent(
  context: Context,
  kind: IntentKind,
  id: string,
): { shared: IntentRecord; paymentMethod: PaymentMethodRecord | null } {
  const { parameters, ids } = context;
  const owner = namedOwner(context);
  if (owner !== null) checkOwner(context, owner);
  const types = typesOf(parameters);
  const paymentMethod = namedPaymentMethod(context, kind, { owner, ...types });
  const shared: IntentRecord = {
    id,
    created: secondsOf(context),
    clientSecret: ids.clientSecret(id),
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    owner,
    paymentMethodId: paymentMethod?.id ?? null,
    ...types,
    returnUrl: textOf(parameters, 'return_url') ?? null,
    lastError: null,
    cancellationReason: null,
    description: textOf(parameters, 'description') ?? null,
    metadata: metadataAfter({}, parameters),
    given: givenAfter({}, parameters, kind.given),
  };
  return { shared, paymentMethod };
}

/** The payment method that `payment_method` names, or that `payment_method_data` makes, if this intent may use it. */
export function namedPaymentMethod(
  context: Context,
  kind: IntentKind,
  intent: Pick<IntentRecord, 'owner' | 'paymentMethodTypes'>,
): PaymentMethodRecord | null {
  const { parameters } = context;
  const id = textOf(parameters, 'payment_method');
  const data = formOf(parameters, 'payment_method_data');
  const token = textOf(parameters, 'confirmation_token');
  if (token !== undefined) throw missing('confirmationtoken', token, { status: 400, param: 'confirmation_token' });
  if (id !== undefined && data.size > 0) {
    throw requestFailures.exclusiveParameters(['payment_method', 'payment_method_data']);
  }
  if (id === undefined && data.size === 0) return null;
  const record =
    id === undefined
      ? paymentMethodFrom(context, data)
      : findUsable(context, id, { status: 400, param: 'payment_method' });
  checkUsable(kind, record, intent);
  return record;
}

/** Refuses a payment method of somebody else's, one that is used up, and one of a type that is not asked for. */
function checkUsable(
  kind: IntentKind,
  record: PaymentMethodRecord,
  { owner, paymentMethodTypes }: Pick<IntentRecord, 'owner' | 'paymentMethodTypes'>,
): void {
  checkBelongs(kind, record, owner);
  if (record.spent) throw intentFailures.usedBefore();
  if (!paymentMethodTypes.includes(record.type)) {
    throw intentFailures.typeNotAllowed(kind, record.type, paymentMethodTypes);
  }
}

/**
 * Everything that can be refused before an attempt is made, also because of what happened since the intent was made;
 * `savedFor` is the owner that would keep the payment method.
 */
export function checkAttempt(
  context: Context,
  kind: IntentKind,
  intent: IntentRecord,
  { paymentMethod, savedFor }: { paymentMethod: PaymentMethodRecord; savedFor: Owner | null },
): void {
  if (intent.owner !== null) checkOwner(context, intent.owner);
  checkUsable(kind, paymentMethod, intent);
  if (savedFor !== null) checkSaveable(context, paymentMethod, savedFor);
}

/** Why an intent that waited cannot save its payment method any more; null where it can. */
export function lateRefusal(change: Change, record: PaymentMethodRecord, owner: Owner): Failure | null {
  if (!isThere(owner, change.world)) return missing('customer', owner.id, { status: 400, param: 'customer' }).failure;
  return saveRefusal(change, record, owner)?.failure ?? null;
}

/** Refuses to confirm without a page to return to, where the payment method may redirect to another. */
export function checkReturnUrl(kind: IntentKind, intent: Pick<IntentRecord, 'automatic' | 'returnUrl'>): void {
  if (intent.automatic === 'always' && intent.returnUrl === null) throw intentFailures.returnUrlNeeded(kind);
}

/** The payment method after a failed attempt: its security code was looked at all the same. */
export function afterFailure(record: PaymentMethodRecord, { code }: Failure): PaymentMethodRecord {
  const looked = verified(record);
  if (code !== 'incorrect_cvc' || looked.card === null) return looked;
  return { ...looked, card: { ...looked.card, cvcCheck: 'fail' } };
}

/** The 402 of a failed attempt, with the objects that ride in it. */
export function attemptFailure(
  context: Context,
  failure: Failure,
  record: PaymentMethodRecord,
  objects: JsonObject,
): StripeFailure {
  const paymentMethod = paymentMethodObject(record, viewOf(context));
  return new StripeFailure({ ...failure, objects: { ...objects, payment_method: paymentMethod } });
}

function checkBelongs(kind: IntentKind, record: PaymentMethodRecord, owner: Owner | null): void {
  if (record.owner === null) return;
  if (owner === null) throw intentFailures.ownerNeeded(kind, record.id, record.owner.id);
  if (!isOwner(record.owner, owner)) throw intentFailures.otherOwner(record.id, owner.id);
}

/** The types that are named, else those that the Dashboard has switched on. */
function typesOf(parameters: Form): Pick<IntentRecord, 'paymentMethodTypes' | 'automatic'> {
  const named = textsOf(parameters, 'payment_method_types');
  if (named.length > 0) return { paymentMethodTypes: named, automatic: null };
  const automatic = formOf(parameters, 'automatic_payment_methods');
  if (booleanOf(automatic, 'enabled') === false) return { paymentMethodTypes: ['card'], automatic: null };
  const redirects = textOf(automatic, 'allow_redirects') === 'never' ? 'never' : 'always';
  return { paymentMethodTypes: automaticTypes, automatic: redirects };
}
