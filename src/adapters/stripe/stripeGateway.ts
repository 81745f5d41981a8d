import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import type { AttachRequest, CallOptions, PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { Answer, LookUp } from '../../domain/answers.ts';
import type { PaymentMethodId } from '../../domain/identifiers.ts';
import type { Evidence, WireTry } from '../../domain/evidence.ts';
import type { UnknownCause } from '../../domain/paymentMethod.ts';
import type { Answered, Verdict } from './answers.ts';
import { readAttach, readLookUp } from './answers.ts';
import { Deadline } from './deadline.ts';
import { faultError, misconfigured } from './faults.ts';
import { attachForm, paymentMethodPath } from './form.ts';
import type { Reply, WireRequest } from './http.ts';
import { send, toWireTry } from './http.ts';
import type { Settings, StripeGatewayOptions } from './options.ts';
import { checkHeaderText, checkKey, checkOptions } from './options.ts';
import type { Decided } from './retries.ts';
import { backoffMs, isWorthRetrying, prevailing } from './retries.ts';

/** A call: what to send, and how to read what comes back. */
type Call<Known> = {
  readonly request: Omit<WireRequest, 'origin'>;
  readonly read: (answered: Answered) => Verdict<Known>;
  readonly signal: AbortSignal | undefined;
};

type Asked<Known> = { readonly decided: Decided<Known>; readonly tries: readonly WireTry[] };

const maxConnectMs = 5_000;

/**
 * Stripe over HTTP, on a pool of kept-alive connections of its own or on the host's dispatcher. Follows no redirect.
 * The constructor throws `GATEWAY_MISCONFIGURED`. https://docs.stripe.com/api
 */
export class StripeGateway implements PaymentMethodGateway {
  readonly apiVersion: string;
  readonly #settings: Settings;
  readonly #dispatcher: Dispatcher;
  readonly #calls = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor(options: StripeGatewayOptions) {
    this.#settings = checkOptions(options);
    this.apiVersion = this.#settings.apiVersion;
    this.#dispatcher = this.#settings.dispatcher ?? makePool(this.#settings);
  }

  async attach(request: AttachRequest, options: CallOptions = {}): Promise<Answer & { readonly evidence: Evidence }> {
    const { verdict, evidence } = await this.#run('response', {
      request: {
        method: 'POST',
        path: `${paymentMethodPath(request.paymentMethodId)}/attach`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'stripe-version': checkHeaderText('apiVersion', request.apiVersion),
          'idempotency-key': checkHeaderText('idempotencyKey', request.idempotencyKey),
        },
        body: attachForm(request.customer),
      },
      read: (answered) => readAttach(request, answered),
      signal: options.signal,
    });
    if (verdict.verdict === 'unknown') return { answer: 'unknown', cause: verdict.cause, evidence };
    return { ...verdict.known, evidence };
  }

  async lookUp(
    paymentMethodId: PaymentMethodId,
    options: CallOptions = {},
  ): Promise<LookUp & { readonly evidence: Evidence }> {
    const { verdict, evidence } = await this.#run('readBack', {
      request: {
        method: 'GET',
        path: paymentMethodPath(paymentMethodId),
        headers: { 'stripe-version': this.apiVersion },
        body: null,
      },
      read: (answered) => readLookUp(paymentMethodId, answered),
      signal: options.signal,
    });
    if (verdict.verdict === 'unknown') return { look: 'unknown', cause: verdict.cause, evidence };
    return { ...verdict.known, evidence };
  }

  /** Lets calls in flight finish, then closes the pool; later calls throw. A host's dispatcher is left open. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    await Promise.allSettled(this.#calls);
    // With every call over, all that is left are idle connections and requests nobody waits for.
    if (this.#settings.dispatcher === null) await this.#dispatcher.destroy();
  }

  async #run<Known>(source: Evidence['source'], call: Call<Known>) {
    if (this.#closing !== null) throw misconfigured('it is closed; nothing was sent. Make a new one.');
    const asking = this.#ask(call);
    this.#calls.add(asking);
    try {
      const { decided, tries } = await asking;
      const { verdict, requestId } = decided;
      if (verdict.verdict === 'fault') throw faultError(verdict.code, requestId);
      return { verdict, evidence: { source, requestId, tries } };
    } finally {
      this.#calls.delete(asking);
    }
  }

  async #ask<Known>(call: Call<Known>): Promise<Asked<Known>> {
    const { deadlineMs, maxTries, random } = this.#settings;
    const deadline = new Deadline(deadlineMs, call.signal);
    const tries: WireTry[] = [];
    try {
      const key = await this.#getKey(deadline);
      if (key === null) return { decided: undecided(deadline.ended ?? 'timeout'), tries };
      const request = this.#address(call.request, key);
      let decided: Decided<Known> | null = null;
      for (let triesMade = 1; ; triesMade += 1) {
        const reply = await send(this.#dispatcher, request, deadline);
        tries.push(toWireTry(reply));
        decided = prevailing(decided, { verdict: judge(reply, call), requestId: reply.requestId });
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

  /** The key, asked for within the deadline; null when the call ended first. */
  async #getKey(deadline: Deadline): Promise<string | null> {
    const { apiKey } = this.#settings;
    if (deadline.ended !== null) return null;
    if (typeof apiKey === 'string') return apiKey;
    let key: unknown;
    try {
      key = await deadline.until(Promise.resolve().then(apiKey));
    } catch {
      if (deadline.ended !== null) return null;
      // The provider's error is not passed on: it may quote the key.
      throw misconfigured('the apiKey function threw; nothing was sent. Look at what it reads the key from.');
    }
    return checkKey(key);
  }

  #address(request: Omit<WireRequest, 'origin'>, key: string): WireRequest {
    const { origin, routing } = this.#settings;
    const headers = { authorization: `Bearer ${key}`, 'user-agent': 'attach-payment-method', ...routing };
    return { ...request, origin, headers: { ...headers, ...request.headers } };
  }
}

function makePool({ origin, connections, deadlineMs }: Settings): Pool {
  return new Pool(origin, { connections, connect: { timeout: Math.min(maxConnectMs, deadlineMs) } });
}

function judge<Known>(reply: Reply, { read }: Call<Known>): Verdict<Known> {
  return reply.failure === null ? read(reply) : { verdict: 'unknown', cause: reply.cause };
}

function undecided(cause: UnknownCause): Decided<never> {
  return { verdict: { verdict: 'unknown', cause }, requestId: null };
}
