import type { PaymentMethods } from '../../src/application/paymentMethods.ts';
import type { Answered } from '../world/history.ts';
import type { Operation, Repeat } from './logs.ts';
import { isForNow } from './logs.ts';
import { streamPrefix } from './streams.ts';

/** Somebody who asks when nothing goes wrong any more, and sees what that costs. */
export type Asker = {
  readonly ask: (
    asked: Pick<Operation, 'call' | 'paymentMethodId' | 'attemptId' | 'setAsDefault'> & Customer,
  ) => Promise<Answered>;
  /** how many events stand in the trail */
  readonly countEvents: () => Promise<number>;
  /** how many POSTs Stripe got */
  readonly countPosts: () => number;
};

type Customer = { readonly customer: string };

/** Asks for every attempt that was answered once more. */
export async function repeatAll(asker: Asker, history: readonly Operation[]): Promise<readonly Repeat[]> {
  const repeats: Repeat[] = [];
  for (const operation of answered(history)) {
    const { call, paymentMethodId, customer, attemptId } = operation;
    const events = await asker.countEvents();
    const posts = asker.countPosts();
    const asked = {
      call,
      paymentMethodId,
      customer: customer ?? '',
      attemptId,
      setAsDefault: isDefaultAnswered(operation),
    };
    const { end, answeredId, reason, defaultOutcome = null } = await asker.ask(asked);
    repeats.push({
      operation,
      end,
      answeredId,
      reason,
      defaultOutcome,
      events: (await asker.countEvents()) - events,
      posts: asker.countPosts() - posts,
    });
  }
  return repeats;
}

/** True where the caller of an attach was told how its default ended, for good. */
export function isDefaultAnswered({ call, defaultOutcome }: Operation): boolean {
  return call === 'attach' && ['set', 'rejected', 'superseded'].includes(defaultOutcome ?? '');
}

/** The state of each payment method that has one of these streams, as the application reads it. */
export async function readAll(
  paymentMethods: Pick<PaymentMethods, 'history'>,
  streams: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const projected = new Map<string, string>();
  for (const stream of new Set(streams)) {
    if (!stream.startsWith(streamPrefix)) continue;
    const [id = '', attemptId] = stream.slice(streamPrefix.length).split('/');
    const { state } = await paymentMethods.history(id, { attemptId });
    projected.set(stream, JSON.stringify(state));
  }
  return projected;
}

/** Of every attempt that has a name, and names one wish, its last answer. */
function answered(history: readonly Operation[]): readonly Operation[] {
  const last = new Map<string, Operation>();
  for (const operation of history) {
    const { call, paymentMethodId, customer, attemptId, isNamed, end, reason } = operation;
    if (!isNamed || end === 'info' || isForNow(reason)) continue;
    const isOfTwoWishes = history.some((one) => one.attemptId === attemptId && one.customer !== customer);
    if (isOfTwoWishes) continue;
    last.set(`${call} ${paymentMethodId} ${customer} ${attemptId}`, operation);
  }
  return [...last.values()];
}
