import type { Dispatcher } from 'undici';
import { observe } from '../../application/observing/observe.ts';
import type { UnknownCause, WireTry } from '../../domain/evidence.ts';
import { misconfigured } from './faults.ts';
import { begunRequest } from './observed.ts';
import type { Operation } from './operations/operation.ts';
import type { Settings } from './options.ts';
import { authorizationOf, checkKey } from './options.ts';
import type { Decided } from './retries.ts';
import { backoffMs, isWorthRetrying, prevailing } from './retries.ts';
import { Deadline } from './transport/deadline.ts';
import type { Reply, WireRequest } from './transport/exchange.ts';
import { send, toWireTry } from './transport/exchange.ts';
import type { Verdict } from './verdict.ts';
import { unknown } from './verdict.ts';

export type Asked<Known> = { readonly decided: Decided<Known>; readonly tries: readonly WireTry[] };

/**
 * Asks one thing of Stripe, up to `maxTries` times within one deadline, always with the same bytes. Throws only
 * `GATEWAY_MISCONFIGURED`, before anything is sent.
 */
export async function ask<Known>(
  dispatcher: Dispatcher,
  settings: Settings,
  operation: Operation<Known>,
  signal: AbortSignal | undefined,
): Promise<Asked<Known>> {
  const { maxTries, random } = settings;
  const deadline = new Deadline(settings.deadlineMs, settings.timers, signal);
  const tries: WireTry[] = [];
  try {
    const authorization = settings.authorization ?? (await authorizationWithin(settings, deadline));
    if (authorization === null || deadline.ended !== null) {
      return { decided: undecided(deadline.ended ?? 'timeout'), tries };
    }
    const request = addressed(operation, settings, authorization);
    let decided: Decided<Known> | null = null;
    for (let triesMade = 1; ; triesMade += 1) {
      const begin = () => settings.observer?.stripeRequest?.(begunRequest(request, triesMade));
      const reply = await observe(begin, () => send(dispatcher, request, deadline), toWireTry);
      tries.push(toWireTry(reply));
      decided = prevailing(decided, { verdict: judge(reply, operation), requestId: reply.requestId });
      if (triesMade >= maxTries || !isWorthRetrying(reply)) return { decided, tries };
      const delayMs = backoffMs(triesMade, random);
      if (delayMs >= deadline.remainingMs) return { decided, tries };
      await deadline.sleep(delayMs);
      if (deadline.ended === 'aborted') return { decided: undecided('aborted'), tries };
      if (deadline.ended === 'timeout') return { decided, tries };
    }
  } finally {
    deadline.stop();
  }
}

/** The key as it is sent, asked for within the deadline; null when the call ended first. */
async function authorizationWithin({ apiKey, auth }: Settings, deadline: Deadline): Promise<string | null> {
  if (typeof apiKey === 'string' || deadline.ended !== null) return null;
  let key: unknown;
  try {
    key = await deadline.until(Promise.resolve().then(apiKey));
  } catch {
    // The provider's error is not passed on: it may quote the key.
    throw misconfigured('the apiKey function threw; nothing was sent. Look at what it reads the key from.');
  }
  return deadline.ended === null ? authorizationOf(auth, checkKey(key)) : null;
}

function addressed<Known>(operation: Operation<Known>, settings: Settings, authorization: string): WireRequest {
  return {
    origin: settings.origin,
    method: operation.method,
    path: operation.path,
    headers: ['authorization', authorization].concat(settings.headers, operation.headers),
    body: operation.body,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function judge<Known>(reply: Reply, { read }: Operation<Known>): Verdict<Known> {
  return reply.failure === null ? read(reply) : unknown(reply.cause);
}

function undecided(cause: UnknownCause): Decided<never> {
  return { verdict: unknown(cause), requestId: null };
}
