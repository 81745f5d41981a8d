import { setupIntentObject } from '../../objects/intentObjects.ts';
import { viewOf } from '../../objects/objects.ts';
import { missing } from '../../wire/failures.ts';
import { textOf } from '../../wire/form.ts';
import { givenAfter } from '../../wire/given.ts';
import type { JsonObject } from '../../wire/json.ts';
import { booleanOf, metadataAfter, textsOf } from '../../wire/parameters.ts';
import type { PaymentMethodRecord, SetupIntentRecord } from '../../world/records.ts';
import { ownerKey } from '../../world/records.ts';
import type { Context } from '../context.ts';
import { emit } from '../context.ts';
import { listObject } from '../lists.ts';
import { checkOwner, namedOwner, noSuch } from '../lookups.ts';
import { intentFailures, setupKind } from './intentFailures.ts';
import { namedPaymentMethod, newIntent } from './intents.ts';
import { checkSetup, trySetup } from './setupAttempts.ts';

const inPath = { status: 404, param: 'intent' } as const;
const open = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** POST /v1/setup_intents (https://docs.stripe.com/api/setup_intents/create). */
export function createSetupIntent(context: Context): JsonObject {
  const { ids, parameters, world } = context;
  const { shared, paymentMethod } = newIntent(context, setupKind, ids.setupIntent());
  const isConfirmed = booleanOf(parameters, 'confirm') === true;
  const usage = textOf(parameters, 'usage') ?? 'off_session';
  const intent: SetupIntentRecord = { ...shared, usage, latestAttempt: null, mandate: null };
  const confirmed = isConfirmed ? checkSetup(context, intent, paymentMethod) : null;
  if (paymentMethod !== null) world.paymentMethods.put(paymentMethod);
  world.setupIntents.put(intent);
  emit(context, 'setup_intent.created', { object: 'setup_intent', record: intent });
  return shown(context, confirmed === null ? intent : trySetup(context, intent, confirmed));
}

/** GET /v1/setup_intents/:id (https://docs.stripe.com/api/setup_intents/retrieve). */
export function retrieveSetupIntent(context: Context): JsonObject {
  return shown(context, find(context));
}

/** POST /v1/setup_intents/:id (https://docs.stripe.com/api/setup_intents/update). */
export function updateSetupIntent(context: Context): JsonObject {
  const { parameters, world } = context;
  const before = find(context);
  const changesMore = [...parameters.keys()].some((name) => name !== 'metadata' && name !== 'expand');
  if (changesMore && !open.includes(before.status)) {
    throw intentFailures.cannot('update', setupKind, shown(context, before), before.status);
  }
  const named = namedOwner(context);
  if (named !== null) checkOwner(context, named);
  const types = textsOf(parameters, 'payment_method_types');
  const intent: SetupIntentRecord = {
    ...before,
    owner: named ?? before.owner,
    paymentMethodTypes: types.length > 0 ? types : before.paymentMethodTypes,
    automatic: types.length > 0 ? null : before.automatic,
    description: textOf(parameters, 'description') ?? before.description,
    metadata: metadataAfter(before.metadata, parameters),
    given: givenAfter(before.given, parameters, setupKind.given),
  };
  const updated = withPaymentMethod(context, intent, namedPaymentMethod(context, setupKind, intent));
  world.setupIntents.put(updated);
  return shown(context, updated);
}

/** POST /v1/setup_intents/:id/confirm (https://docs.stripe.com/api/setup_intents/confirm). */
export function confirmSetupIntent(context: Context): JsonObject {
  const { world, parameters } = context;
  const before = find(context);
  if (!open.includes(before.status)) {
    throw intentFailures.cannot('confirm', setupKind, shown(context, before), before.status);
  }
  const intent = { ...before, returnUrl: textOf(parameters, 'return_url') ?? before.returnUrl };
  const named = namedPaymentMethod(context, setupKind, before);
  const paymentMethod = checkSetup(context, intent, named ?? world.paymentMethods.get(before.paymentMethodId ?? ''));
  return shown(context, trySetup(context, withPaymentMethod(context, intent, paymentMethod), paymentMethod));
}

/** POST /v1/setup_intents/:id/cancel (https://docs.stripe.com/api/setup_intents/cancel). */
export function cancelSetupIntent(context: Context): JsonObject {
  const before = find(context);
  if (before.status === 'canceled') throw intentFailures.alreadyCanceled(shown(context, before));
  if (!open.includes(before.status)) throw intentFailures.cannotCancel(shown(context, before), before.status, open);
  const cancellationReason = textOf(context.parameters, 'cancellation_reason') ?? null;
  const record: SetupIntentRecord = { ...before, status: 'canceled', cancellationReason };
  context.world.setupIntents.put(record);
  emit(context, 'setup_intent.canceled', { object: 'setup_intent', record });
  return shown(context, record);
}

/** GET /v1/setup_intents, newest first (https://docs.stripe.com/api/setup_intents/list). */
export function listSetupIntents(context: Context): JsonObject {
  const { world, parameters } = context;
  const owner = namedOwner(context);
  if (owner !== null) checkOwner(context, owner);
  const paymentMethod = textOf(parameters, 'payment_method');
  const toSelf = booleanOf(parameters, 'attach_to_self');
  const ofPaymentMethod =
    paymentMethod === undefined ? undefined : ({ index: 'paymentMethod', keys: [paymentMethod] } as const);
  return listObject(context, {
    collection: world.setupIntents,
    by: owner === null ? ofPaymentMethod : { index: 'owner', keys: [ownerKey(owner)] },
    isWanted: ({ paymentMethodId, given }) =>
      (paymentMethod === undefined || paymentMethodId === paymentMethod) &&
      (toSelf === undefined || (given['attach_to_self'] ?? false) === toSelf),
    show: (intent) => shown(context, intent),
    noSuchCursor: (id, where) => missing('setupintent', id, where),
    url: '/v1/setup_intents',
  });
}

function withPaymentMethod(
  { world }: Context,
  intent: SetupIntentRecord,
  paymentMethod: PaymentMethodRecord | null,
): SetupIntentRecord {
  if (paymentMethod === null) return intent;
  world.paymentMethods.put(paymentMethod);
  return { ...intent, paymentMethodId: paymentMethod.id, status: 'requires_confirmation' };
}

function find(context: Context): SetupIntentRecord {
  const { world, pathId } = context;
  const intent = world.setupIntents.get(pathId);
  if (intent !== undefined) return intent;
  throw noSuch(context, 'setupintent', pathId, inPath, (other) => other.setupIntents.has(pathId));
}

function shown(context: Context, intent: SetupIntentRecord): JsonObject {
  return setupIntentObject(intent, viewOf(context));
}
