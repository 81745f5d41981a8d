import { automaticTypes } from '../../instruments/paymentMethodTypes.ts';
import type { Failure } from '../../wire/failures.ts';
import { StripeFailure } from '../../wire/failures.ts';
import { formOf, textOf } from '../../wire/form.ts';
import type { JsonObject } from '../../wire/json.ts';
import { booleanOf, mergeMetadata, textsOf } from '../../wire/parameters.ts';
import type { Owner, PaymentIntentRecord, PaymentMethodRecord, SetupIntentRecord } from '../../world/records.ts';
import { isOwner } from '../../world/records.ts';
import { verified } from '../attach.ts';
import type { Context } from '../context.ts';
import { secondsOf } from '../context.ts';
import type { IntentKind } from './intentFailures.ts';
import { intentFailures } from './intentFailures.ts';
import { checkOwner, findUsable, namedOwner } from '../lookups.ts';
import { paymentMethodObject, viewOf } from '../../objects/objects.ts';

type Shared = Omit<
  Extract<SetupIntentRecord | PaymentIntentRecord, SetupIntentRecord>,
  'usage' | 'latestAttempt' | 'mandate'
>;

/** An intent as its parameters ask for it, and the payment method it names. */
export function newIntent(
  context: Context,
  kind: IntentKind,
  id: string,
): { shared: Shared; paymentMethod: PaymentMethodRecord | null } {
  const { parameters, ids } = context;
  const owner = namedOwner(context);
  if (owner !== null) checkOwner(context, owner);
  const types = textsOf(parameters, 'payment_method_types');
  const automatic = formOf(parameters, 'automatic_payment_methods');
  const isAutomatic = types.length === 0 && booleanOf(automatic, 'enabled') !== false;
  const paymentMethodTypes = types.length > 0 ? types : isAutomatic ? automaticTypes : ['card'];
  const paymentMethod = namedPaymentMethod(context, kind, { owner, paymentMethodTypes });
  const shared: Shared = {
    id,
    created: secondsOf(context),
    clientSecret: ids.clientSecret(id),
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    owner,
    paymentMethodId: paymentMethod?.id ?? null,
    paymentMethodTypes,
    automatic: isAutomatic ? (textOf(automatic, 'allow_redirects') === 'never' ? 'never' : 'always') : null,
    returnUrl: textOf(parameters, 'return_url') ?? null,
    lastError: null,
    cancellationReason: null,
    description: textOf(parameters, 'description') ?? null,
    metadata: mergeMetadata({}, formOf(parameters, 'metadata')),
  };
  return { shared, paymentMethod };
}

/** The payment method that `payment_method` names, if this intent may use it. */
export function namedPaymentMethod(
  context: Context,
  kind: IntentKind,
  { owner, paymentMethodTypes }: Pick<Shared, 'owner' | 'paymentMethodTypes'>,
): PaymentMethodRecord | null {
  const id = textOf(context.parameters, 'payment_method');
  if (id === undefined) return null;
  const record = findUsable(context, id, { status: 400, param: 'payment_method' });
  checkBelongs(kind, record, owner);
  if (record.spent) throw intentFailures.usedBefore();
  if (!paymentMethodTypes.includes(record.type)) {
    throw intentFailures.typeNotAllowed(kind, record.type, paymentMethodTypes);
  }
  return record;
}

/** Refuses to confirm without a page to return to, where the payment method may redirect to another. */
export function checkReturnUrl(kind: IntentKind, intent: Pick<Shared, 'automatic' | 'returnUrl'>): void {
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
