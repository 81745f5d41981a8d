import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { Operation, Repeat } from './logs.ts';
import { isForNow } from './logs.ts';
import { isDefaultAnswered } from './repeats.ts';
import { millisecondsOf, streamPrefix } from './streams.ts';
import type { View } from './view.ts';
import { causeOf, couldBeSeenAttached } from './view.ts';

/** What must hold between what callers were told and what is so. */
export const clientRules: readonly Rule[] = [
  {
    name: 'C0 nothing fails in a way that has no name',
    judge: ({ unexpected }) => ({ verdict: unexpected.length === 0, problems: unexpected }),
  },
  {
    name: 'C6 who was told yes finds it in the trail; who was told no finds nothing at Stripe',
    judge: (view) =>
      judgeAll(
        view.history.filter(({ call, end }) => end !== 'info' && (call === 'attach' || call === 'detach')),
        (operation) => (operation.end === 'ok' ? missing(view, operation) : happenedAnyway(view, operation)),
      ),
  },
  {
    name: 'C14 an attempt asked for again gets the same answer, no event and no request',
    // What a failover took is asked for anew.
    judge: (view) => judgeAll(view.lostEvents ? [] : view.repeats, (repeat) => difference(view, repeat)),
  },
];

function missing({ streams, stripe, lostEvents }: View, operation: Operation): string | null {
  const { call, answeredId, customer, endedAt } = operation;
  // Where a failover took it, and Stripe had it so from the beginning, no notification tells of it again.
  if (lostEvents && stripe.ownersBefore.get(answeredId ?? '') === customer) return null;
  const records = streams.get(`${streamPrefix}${answeredId ?? ''}`)?.records ?? [];
  const isThere = records.some((record) => {
    if (!lostEvents && millisecondsOf(record) > (endedAt ?? 0)) return false;
    const { event } = record;
    // Where a failover took the attachment, and it was detached since, that is all that is left to say.
    if (event.type === 'PaymentMethodDetached') return call === 'detach' || lostEvents;
    return call === 'attach' && event.type === 'PaymentMethodAttached' && event.data.customer.id === customer;
  });
  return isThere ? null : `a caller was told that ${answeredId} is ${call}ed, and the trail did not say so`;
}

function happenedAnyway(view: View, operation: Operation): string | null {
  // Where a failover took the no, what was left open before it is finished.
  if (view.lostEvents) return null;
  const { call, paymentMethodId, customer, attemptId, reason } = operation;
  // An attempt that attached it before somebody detached it is told that it is detached by now; and where something else
  // has to be settled first, that is no answer for good.
  if (reason === 'detached' || isForNow(reason)) return null;
  // The id stands for another customer's attempt as well, and one of the two took effect.
  if (reason === 'attemptIdReused') return null;
  const effect = view.stripe.effects.find((one) => {
    const cause = causeOf(view, one);
    const isIt = cause?.attemptId === attemptId && cause.paymentMethodId === paymentMethodId;
    return isIt && cause.call === call && cause.customer === customer;
  });
  if (call === 'detach' && effect !== undefined && !couldBeSeenAttached(view, effect)) return null;
  const name = `${call} of ${paymentMethodId} (${attemptId})`;
  // Of what was attached, and detached by a stranger before anybody looked, Stripe says what it says of what never can be
  // attached.
  const isGone = view.stripe.effects.some(
    (one) =>
      one.effect === 'detached' &&
      one.paymentMethodId === paymentMethodId &&
      view.stripe.isStrangersKey(one.idempotencyKey),
  );
  if (reason === 'notAttachable' && isGone) return null;
  if (effect !== undefined) return `a caller was told no (${reason}) to the ${name}, and it took effect`;
  if (call === 'attach' && reason !== 'attachingToAnotherCustomer' && wasTheirsThroughout(view, operation)) {
    return `a caller was told no (${reason}) to the ${name}, and it was ${customer}'s all the time`;
  }
  return null;
}

/** True where it belonged to the customer from before the call until after it, and the same attempt got no no before. */
function wasTheirsThroughout({ stripe, history }: View, operation: Operation): boolean {
  const { paymentMethodId: id, customer, attemptId, invokedAt, endedAt } = operation;
  if (history.some((one) => one !== operation && one.attemptId === attemptId && one.invokedAt < invokedAt))
    return false;
  const effects = stripe.effects.filter(({ paymentMethodId }) => paymentMethodId === id);
  const before = effects.filter(({ at }) => at < invokedAt).at(-1);
  const isTheirs =
    before === undefined
      ? stripe.ownersBefore.get(id) === customer
      : before.effect === 'attached' && before.owner.id === customer;
  return isTheirs && !effects.some(({ at }) => at >= invokedAt && at <= (endedAt ?? Infinity));
}

function difference({ streams }: View, repeat: Repeat): string | null {
  const { operation, end, answeredId, reason, events, posts } = repeat;
  const { call, paymentMethodId, attemptId } = operation;
  const name = `${call} of ${paymentMethodId} (${attemptId})`;
  if (call === 'setDefault') return defaultDifference(name, repeat);
  if (call === 'beginSetup') return setupDifference(name, repeat);
  const current = streams.get(`${streamPrefix}${operation.answeredId ?? paymentMethodId}`)?.state;
  // A payment method that was detached since is another matter: to attach it again is refused anew.
  if (call === 'attach' && current?.status === 'detached') return null;
  if (isDefaultAnswered(operation)) {
    const problem = defaultDifference(name, repeat);
    if (problem !== null) return problem;
  }
  if (posts > 0) return `the ${name}, repeated, sent ${posts} requests`;
  const isEnded = current?.rejectedAttempts.some((one) => one.attemptId === attemptId) === true || end === 'ok';
  // Where a stranger took what an attempt was after, the trail has no end of the attempt's own, until it is asked again.
  if (events > 0 && (isEnded || events > 1)) return `the ${name}, repeated, added ${events} events`;
  // Evidence that it is detached overrules the no that the same attempt got before.
  if (call === 'detach' && current?.status === 'detached' && current.attemptId === attemptId) return null;
  const isSame = end === operation.end && answeredId === operation.answeredId && reason === operation.reason;
  if (isSame) return null;
  return `the ${name} was answered ${operation.end} ${operation.reason ?? operation.answeredId}, and repeated ${end} ${reason ?? answeredId}`;
}

function defaultDifference(name: string, { operation, reason, defaultOutcome, events, posts }: Repeat): string | null {
  if (posts > 0) return `the ${name}, repeated, sent ${posts} requests`;
  if (events > 0) return `the ${name}, repeated, added ${events} events`;
  if (defaultOutcome === operation.defaultOutcome && reason === operation.reason) return null;
  return `the default of the ${name} was answered ${operation.defaultOutcome}, and repeated ${defaultOutcome}`;
}

/** That it succeeded since may be found by a repeat, which looks. */
function setupDifference(name: string, { operation, end, answeredId, reason, posts }: Repeat): string | null {
  if (posts > 0) return `the ${name}, repeated, sent ${posts} requests`;
  const isSame = end === operation.end && answeredId === operation.answeredId && reason === operation.reason;
  if (isSame) return null;
  return `the ${name} was answered ${operation.reason ?? operation.answeredId}, and repeated ${reason ?? answeredId}`;
}
