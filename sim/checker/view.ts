import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { Effect } from '../../src/adapters/simulator/index.ts';
import { wishedDefault } from '../../src/domain/attempts.ts';
import { isTestAlias } from '../../src/domain/identifiers.ts';
import { isOpen } from '../../src/domain/paymentMethod.ts';
import type { Logs } from './logs.ts';
import type { CustomerRecorded, PaymentMethodRecorded, SeenCustomer, SeenSetup, SeenStream } from './streams.ts';
import {
  customersOf,
  decoded,
  isOfPaymentMethod,
  millisecondsOf,
  setupsOf,
  streamPrefix,
  streamsOf,
} from './streams.ts';

/** What the trail says a key of ours was made for. */
export type KnownKey = {
  readonly call: 'attach' | 'detach';
  readonly attemptId: string;
  readonly paymentMethodId: string;
  readonly customer: string | null;
  /** unix milliseconds from which it was durable */
  readonly recordedAt: number;
};

/** The logs, read once for all rules. */
export type View = Logs & {
  readonly records: readonly PaymentMethodRecorded[];
  readonly streams: ReadonlyMap<string, SeenStream>;
  readonly keys: ReadonlyMap<string, KnownKey>;
  /** by their ids */
  readonly customers: ReadonlyMap<string, SeenCustomer>;
  /** by their attempts */
  readonly setups: ReadonlyMap<string, SeenSetup>;
};

export function viewOf(logs: Logs): View {
  const all = decoded(logs.encryption?.opened ?? logs.trail);
  const records = all.filter(isOfPaymentMethod);
  return {
    ...logs,
    records,
    streams: streamsOf(all),
    keys: keysOf(records),
    customers: customersOf(all),
    setups: setupsOf(all),
  };
}

/** The streams in which a request waits for its outcome, or a wished default to be asked for. */
export function openStreams(trail: readonly RecordedEvent[]): readonly string[] {
  const all = decoded(trail);
  const streams = streamsOf(all);
  const customers = customersOf(all);
  return [
    ...[...streams].filter(([, stream]) => isLeftOpen(stream)).map(([name]) => name),
    ...[...customers].filter(([, { state }]) => state.open !== null).map(([id]) => id),
    ...[...setupsOf(all)].filter(([, { state }]) => state.status === 'requested').map(([attemptId]) => attemptId),
    ...unaskedDefaults({ streams, customers }).map(({ paymentMethodId }) => paymentMethodId),
  ];
}

/** The defaults that an attach wished for, and that were never asked for, although nothing came in between. */
export function unaskedDefaults({ streams, customers }: Pick<View, 'streams' | 'customers'>) {
  return [...streams.values()].flatMap(({ state }) => {
    const wish = wishedDefault(state);
    if (wish === null || streams.get(`${streamPrefix}${wish.paymentMethodId}`)?.state.status === 'detached') return [];
    const records = customers.get(wish.customerId)?.records ?? [];
    if (records.some(({ event }) => event.type === 'CustomerDeleted')) return [];
    const turn = turnOf(records, wish);
    if (turn === -1) return [];
    // An attempt stands for one default, be it another one.
    const isAskedOrOvertaken = requestsOf(records).some(
      (asked) => asked.attemptId === wish.attemptId || turnOf(records, asked) >= turn,
    );
    return isAskedOrOvertaken ? [] : [wish];
  });
}

/**
 * Which place the wish of an attempt for a payment method has among all of a customer's: where it was first told of; -1 for
 * nowhere. Of a test alias, only its attach knows what it became.
 */
export function turnOf(
  records: readonly CustomerRecorded[],
  wish: { readonly attemptId: string; readonly paymentMethodId: string },
): number {
  return records.findIndex(({ event: { data } }) => {
    if (!('attemptId' in data) || data.attemptId !== wish.attemptId) return false;
    return data.paymentMethodId === wish.paymentMethodId || isTestAlias(data.paymentMethodId);
  });
}

/** What was asked of Stripe for a customer, in order, with every new key. */
export function requestsOf(records: readonly CustomerRecorded[]) {
  return records.flatMap(({ event }) => (event.type === 'DefaultPaymentMethodRequested' ? [event.data] : []));
}

/**
 * True while recovery has something to do. A test alias is not asked for again once its key may be forgotten or only
 * repeats a 500: a person has to look at it.
 */
export function isLeftOpen({ state }: SeenStream): boolean {
  if (state.detachment !== null) return true;
  return isOpen(state) && !isTestAlias(state.attempt.paymentMethodId);
}

/**
 * Whether the trail had a way to learn of an effect. Of an attempt on a test alias that a person has to look at it has
 * none: what Stripe made of the alias has an id that only the lost answer names.
 */
export function isKnowable(view: View, effect: Effect): boolean {
  const { keys, tellsAll, streams, stripe } = view;
  if (tellsAll) return true;
  const { idempotencyKey, paymentMethodId, at } = effect;
  // What a stranger undid before anybody looked leaves nothing to be seen.
  const isUndone = stripe.effects.some(
    (one) =>
      one.effect === 'detached' &&
      one.paymentMethodId === paymentMethodId &&
      one.at >= at &&
      stripe.isStrangersKey(one.idempotencyKey),
  );
  if (isUndone) return false;
  const cause = idempotencyKey === null ? undefined : keys.get(idempotencyKey);
  if (cause === undefined) return false;
  if (effect.effect === 'detached' && !couldBeSeenAttached(view, effect)) return false;
  const ofAlias = streams.get(`${streamPrefix}${cause.paymentMethodId}/${cause.attemptId}`);
  return ofAlias === undefined || !isOpen(ofAlias.state);
}

/**
 * True where somebody who looks before asking for a detachment knows what it undid. What a stranger attached after that look,
 * nobody has seen; and where the answer is lost for good, to find nobody there says nothing: perhaps it never had a customer.
 */
export function couldBeSeenAttached({ streams, stripe }: View, detached: Effect): boolean {
  const { paymentMethodId, at } = detached;
  const records = streams.get(`${streamPrefix}${paymentMethodId}`)?.records ?? [];
  if (records.some((record) => record.event.type === 'PaymentMethodAttached' && millisecondsOf(record) <= at))
    return true;
  const before = stripe.effects.filter((one) => one.paymentMethodId === paymentMethodId && one.effect === 'attached');
  return !before.some((one) => stripe.isStrangersKey(one.idempotencyKey) && one.at >= stripe.seenUntil(detached));
}

/** Which attempt's effect it was; null where none of ours did it. */
export function causeOf({ keys }: View, { idempotencyKey }: Effect): KnownKey | null {
  return idempotencyKey === null ? null : (keys.get(idempotencyKey) ?? null);
}

function keysOf(records: readonly PaymentMethodRecorded[]): Map<string, KnownKey> {
  const keys = new Map<string, KnownKey>();
  for (const record of records) {
    const { event } = record;
    const recordedAt = millisecondsOf(record);
    if (event.type === 'AttachmentRequested' || event.type === 'IdempotencyKeyRenewed') {
      const { idempotencyKey, attemptId, paymentMethodId, customer } = event.data;
      if (keys.has(idempotencyKey)) continue;
      keys.set(idempotencyKey, { call: 'attach', attemptId, paymentMethodId, customer: customer.id, recordedAt });
    } else if (event.type === 'DetachmentRequested') {
      const { idempotencyKey, attemptId, paymentMethodId } = event.data;
      if (keys.has(idempotencyKey)) continue;
      keys.set(idempotencyKey, { call: 'detach', attemptId, paymentMethodId, customer: null, recordedAt });
    }
  }
  return keys;
}
