import type { Effect, RequestEntry } from '../../src/adapters/simulator/index.ts';
import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { StripeLog } from './logs.ts';
import type { PaymentMethodRecorded } from './streams.ts';
import type { View } from './view.ts';
import { millisecondsOf, streamPrefix } from './streams.ts';
import { causeOf, isKnowable } from './view.ts';

/** What must hold between the trail and Stripe. */
export const stripeRules: readonly Rule[] = [
  {
    name: 'C2 what the trail says happened had happened',
    judge: (view) => judgeAll(view.records.filter(isOutcome), (record) => unfounded(view, record)),
  },
  {
    name: 'C3 what happened at Stripe is in the trail',
    judge: (view) =>
      judgeAll(
        view.stripe.effects.filter((effect) => isKnowable(view, effect)),
        (effect) => (isRecorded(view, effect) ? null : `${wordsOf(effect)} is not in the trail`),
      ),
  },
  {
    name: 'C4 the trail and Stripe agree in the end',
    judge: (view) => judgeAll(paymentMethodsOf(view), (id) => disagreement(view, id)),
  },
  {
    name: 'C5 nothing is sent before its intent is durable',
    judge: ({ stripe, keys, lostEvents }) =>
      judgeAll(
        lostEvents ? [] : stripe.requests.filter((request) => isHosts(stripe, request)),
        ({ path, idempotencyKey, at }) => {
          const known = idempotencyKey === null ? undefined : keys.get(idempotencyKey);
          if (known === undefined)
            return `POST ${path} went out under ${idempotencyKey}, which the trail does not know`;
          return known.recordedAt <= at ? null : `POST ${path} went out ${known.recordedAt - at} ms before its intent`;
        },
      ),
  },
  {
    name: 'C7 an attempt takes effect once, whatever it is asked under',
    judge: (view) => {
      const seen = new Map<string, Effect>();
      return judgeAll(view.stripe.effects, (effect) => {
        const cause = causeOf(view, effect);
        if (cause === null) return null;
        const name = `${cause.call} ${cause.paymentMethodId} ${cause.attemptId}`;
        const before = seen.get(name);
        seen.set(name, effect);
        return before === undefined ? null : `${name} took effect as ${wordsOf(before)} and as ${wordsOf(effect)}`;
      });
    },
  },
  {
    name: 'C8 nothing is attached or detached that nobody asked for',
    judge: (view) =>
      judgeAll(view.stripe.effects, (effect) => {
        const cause = causeOf(view, effect);
        if (cause === null) return null;
        if (`${cause.call}ed` !== effect.effect) return `${wordsOf(effect)} was asked for as a ${cause.call}`;
        if (cause.call === 'attach' && cause.customer !== effect.owner.id) {
          return `${wordsOf(effect)} was asked for ${cause.customer}`;
        }
        const isAsked = view.history.some(
          ({ call, paymentMethodId, customer }) =>
            call === cause.call && paymentMethodId === cause.paymentMethodId && customer === cause.customer,
        );
        return isAsked ? null : `${wordsOf(effect)}, and no caller asked for that`;
      }),
  },
];

const outcomes = new Set([
  'PaymentMethodAttached',
  'PaymentMethodDetached',
  'AttachmentRejected',
  'DetachmentRejected',
]);

function isOutcome({ event }: PaymentMethodRecorded): boolean {
  return outcomes.has(event.type);
}

function isHosts({ isStrangersKey }: StripeLog, { method, path, idempotencyKey }: RequestEntry): boolean {
  const changes = method === 'POST' && (path.endsWith('/attach') || path.endsWith('/detach'));
  return changes && !isStrangersKey(idempotencyKey);
}

/** Why an outcome cannot have been known when it was recorded; null where it could. */
function unfounded(view: View, record: PaymentMethodRecorded): string | null {
  const { event } = record;
  const at = millisecondsOf(record);
  const { effects, requests, ownersBefore } = view.stripe;
  if ('evidence' in event.data) {
    const { requestId } = event.data.evidence;
    const isOurs = requestId === null || requests.some((request) => request.requestId === requestId);
    if (!isOurs) return `${event.type} at ${record.position} rests on ${requestId}, which Stripe never answered`;
  }
  const happened = (effect: Effect['effect'], id: string, owner: string | null) =>
    effects.some(
      (one) =>
        one.effect === effect &&
        one.paymentMethodId === id &&
        one.at <= at &&
        (owner === null || one.owner.id === owner),
    );
  if (event.type === 'PaymentMethodAttached') {
    const { paymentMethodId: id, customer } = event.data;
    const isSo = ownersBefore.get(id) === customer.id || happened('attached', id, customer.id);
    const { attemptId } = event.data;
    const isTheirs = attemptId === null || view.lostEvents || isAskedFor(view, attemptId, customer.id);
    if (!isTheirs) return `${id} is recorded as attached by ${attemptId}, which did not ask for ${customer.id}`;
    return isSo ? null : `${id} is recorded as attached to ${customer.id} at ${record.position}, and was not`;
  }
  if (event.type === 'PaymentMethodDetached') {
    const { paymentMethodId: id } = event.data;
    return happened('detached', id, null) ? null : `${id} is recorded as detached at ${record.position}, and was not`;
  }
  if (event.type === 'DetachmentRejected' && !isRefusedByStripe(view, record)) {
    const { paymentMethodId: id, reason } = event.data;
    return `the detachment of ${id} is recorded as rejected (${reason}) at ${record.position}, and Stripe had not said so`;
  }
  if (event.type !== 'AttachmentRejected') return null;
  const { paymentMethodId: id, customer, reason } = event.data;
  if (reason !== 'attachedToAnotherCustomer')
    return isRefusedByStripe(view, record)
      ? null
      : `${id} is recorded as rejected (${reason}) at ${record.position}, and Stripe had not said so`;
  const before = ownersBefore.get(id);
  const isAnothers =
    (before !== undefined && before !== customer.id) ||
    effects.some(
      (one) => one.paymentMethodId === id && one.effect === 'attached' && one.owner.id !== customer.id && one.at <= at,
    );
  return isAnothers ? null : `${id} is recorded as another's than ${customer.id}'s at ${record.position}, and was not`;
}

function isAskedFor({ keys, setups }: View, attemptId: string, customer: string): boolean {
  const setup = setups.get(attemptId)?.state;
  if (setup !== undefined && setup.status !== 'unasked' && setup.wish.customer.id === customer) return true;
  return [...keys.values()].some((known) => known.attemptId === attemptId && known.customer === customer);
}

const refusals = new Set([400, 402, 404]);

function isRefusedByStripe({ stripe, keys }: View, record: PaymentMethodRecorded): boolean {
  const { event } = record;
  if (event.type !== 'AttachmentRejected' && event.type !== 'DetachmentRejected') return false;
  const call = event.type === 'AttachmentRejected' ? 'attach' : 'detach';
  const { attemptId, paymentMethodId } = event.data;
  return stripe.requests.some(({ idempotencyKey, status, at }) => {
    const known = idempotencyKey === null ? undefined : keys.get(idempotencyKey);
    const isOfIt = known?.call === call && known.attemptId === attemptId && known.paymentMethodId === paymentMethodId;
    return isOfIt && status !== null && refusals.has(status) && at <= millisecondsOf(record);
  });
}

function isRecorded({ streams, stripe, lostEvents }: View, happened: Effect): boolean {
  const { effect, paymentMethodId, owner, idempotencyKey } = happened;
  const records = streams.get(`${streamPrefix}${paymentMethodId}`)?.records ?? [];
  const isStrangers = lostEvents || stripe.isStrangersKey(idempotencyKey);
  return records.some(({ event }) => {
    // Who was told late that a stranger had attached it knows what came after it, which is all that is left to say.
    if (event.type === 'PaymentMethodDetached')
      return effect === 'detached' || (isStrangers && event.data.customer === null);
    return event.type === 'PaymentMethodAttached' && event.data.customer.id === owner.id;
  });
}

/** Those that stand in the trail or that anything happened to; of an alias, what was made of it. */
function paymentMethodsOf({ streams, stripe }: View): ReadonlySet<string> {
  const ids = new Set(stripe.effects.map(({ paymentMethodId }) => paymentMethodId));
  for (const name of streams.keys()) {
    if (!name.includes('/')) ids.add(name.slice(streamPrefix.length));
  }
  return ids;
}

function disagreement(view: View, id: string): string | null {
  const { streams, stripe } = view;
  const state = streams.get(`${streamPrefix}${id}`)?.state;
  const status = state?.status ?? 'unattached';
  const effects = stripe.effects.filter(({ paymentMethodId }) => paymentMethodId === id);
  const owner = stripe.ownerOf(id) ?? null;
  const isAllKnowable = effects.every((effect) => isKnowable(view, effect));
  if (!isAllKnowable) return null;
  const recorded = state?.status === 'attached' ? state.customer.id : null;
  if (effects.length === 0) {
    const before = stripe.ownersBefore.get(id) ?? null;
    const isSo = recorded === null ? status !== 'detached' : recorded === before;
    return isSo ? null : `nothing happened to ${id}, and the trail has it ${status} (${recorded ?? 'nobody'})`;
  }
  if (recorded === owner && (owner !== null || status === 'detached')) return null;
  return `${id} belongs to ${owner ?? 'nobody'} at Stripe, and the trail has it ${status} (${recorded ?? 'nobody'})`;
}

function wordsOf({ effect, paymentMethodId, owner, idempotencyKey }: Effect): string {
  return `${paymentMethodId} ${effect} (${owner.id}, key ${idempotencyKey?.slice(-6) ?? 'none'})`;
}
