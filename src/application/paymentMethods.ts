import type { AttachPaymentMethod } from '../domain/decisions.ts';
import type { RetryPolicy } from '../domain/retryPolicy.ts';
import { isLeftOpen } from '../domain/decisions.ts';
import { defaultRetryPolicy, isInFlight } from '../domain/retryPolicy.ts';
import type { AttemptId } from '../domain/identifiers.ts';
import { isOpen } from '../domain/paymentMethod.ts';
import { AttachmentProtocol } from './attachmentProtocol.ts';
import type { AttachInput, HistoryOptions, ParsedAttach, ReconcileInput } from './commands.ts';
import { parseAttach, parseHistory, parseReconcile } from './commands.ts';
import { isPaymentMethodsError, PaymentMethodsError } from './errors.ts';
import { readHistory } from './history.ts';
import type { SeenStream } from './paymentMethodStreams.ts';
import { PaymentMethodStreams, streamName } from './paymentMethodStreams.ts';
import type { Clock } from './ports/clock.ts';
import type { EventStore } from './ports/eventStore.ts';
import type { IdGenerator } from './ports/idGenerator.ts';
import type { CallOptions, PaymentMethodGateway } from './ports/paymentMethodGateway.ts';
import type { AttachResult, History, ReconcileResult } from './results.ts';
import { abortedResult, attachResult, resultOf } from './results.ts';

export type PaymentMethodsParts = {
  readonly eventStore: EventStore;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly retryPolicy?: RetryPolicy | undefined;
};

/** How an attach under way in this process ended; `hasAsked` where it went to Stripe, and not just to the trail. */
type Landing = { readonly result: AttachResult; readonly hasAsked: boolean };

type Flight = { readonly attemptId: AttemptId; readonly landing: Promise<Landing> };

/**
 * Attaches payment methods to customers and leaves a trail of it. Nothing is sent to Stripe before the intent is durable,
 * and nothing Stripe may have done is ever taken for not done.
 */
export class PaymentMethods {
  readonly #store: EventStore;
  readonly #streams: PaymentMethodStreams;
  readonly #protocol: AttachmentProtocol;
  readonly #gateway: PaymentMethodGateway;
  readonly #clock: Clock;
  readonly #ids: IdGenerator;
  readonly #policy: RetryPolicy;
  readonly #flights = new Map<string, Flight>();
  readonly #calls = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ eventStore, gateway, clock, ids, retryPolicy = defaultRetryPolicy }: PaymentMethodsParts) {
    this.#store = eventStore;
    this.#gateway = gateway;
    this.#clock = clock;
    this.#ids = ids;
    this.#policy = retryPolicy;
    this.#streams = new PaymentMethodStreams(eventStore, ids);
    this.#protocol = new AttachmentProtocol({ streams: this.#streams, gateway, clock, ids, policy: retryPolicy });
  }

  /**
   * Attaches a payment method to a customer: attached, rejected or unknown. The same attempt again gets the same answer,
   * with no second request. An attempt that a crash left open is finished first, under its own key. A call without an
   * attempt id joins one for the same customer that this process has under way. Do not call it inside a database
   * transaction of your own: a rollback could not undo the attach, only the record of it.
   *
   * Throws `INVALID_COMMAND`, `CLOSED` or the signal's reason before any I/O; a store's error (`STORE_…`) or `CONTENTION`
   * before anything was sent; `OUTCOME_NOT_RECORDED` after; a gateway's fault (`GATEWAY_…`). After each of these, calling
   * again with the same attempt id is safe and finishes it: the error's `details` name it.
   * https://docs.stripe.com/api/payment_methods/attach
   */
  async attach(input: AttachInput, options: CallOptions = {}): Promise<AttachResult> {
    const command = parseAttach(input, () => this.#ids.next());
    const isNamed = input.attemptId !== undefined;
    options.signal?.throwIfAborted();
    const flightName = `${streamName(command.paymentMethodId, command.attemptId)} ${command.customer.id}`;
    for (let flight = this.#flights.get(flightName); flight !== undefined; flight = this.#flights.get(flightName)) {
      const isOwnAttempt = flight.attemptId === command.attemptId;
      if (!isOwnAttempt && isNamed) break;
      const landed = await untilAborted(flight.landing, options.signal);
      if (landed === 'aborted') return abortedResult(command, flight.attemptId);
      const { result, hasAsked } = landed;
      const isGivenUp = result.outcome === 'unknown' && result.cause === 'aborted';
      if (!isGivenUp && (hasAsked || isOwnAttempt)) return result;
    }
    return this.#track(async () => {
      const landing = this.#attach(command, isNamed, options);
      const own = { attemptId: command.attemptId, landing };
      if (!this.#flights.has(flightName)) this.#flights.set(flightName, own);
      const clear = () => {
        if (this.#flights.get(flightName) === own) this.#flights.delete(flightName);
      };
      landing.then(clear, clear);
      return (await landing).result;
    });
  }

  /**
   * Turns an open attempt into a known outcome by looking at Stripe, and, where a look proves nothing, by asking again
   * under the attempt's own key. One that is under a minute old is only looked at: it is probably in flight. A rejection
   * is looked at as well, and overruled if Stripe has it attached. Answers how the payment method stands; records nothing
   * that it already knew. Throws as `attach` does.
   */
  async reconcile(input: ReconcileInput, options: CallOptions = {}): Promise<ReconcileResult> {
    const { paymentMethodId, attemptId, actor, correlationId, causationId } = parseReconcile(input);
    options.signal?.throwIfAborted();
    return this.#track(async () => {
      let seen = await this.#streams.load(streamName(paymentMethodId, attemptId));
      if (isOpen(seen.state)) {
        const context = { actor, correlationId: correlationId ?? seen.state.attempt.attemptId, causationId };
        const mayAsk = !isInFlight(seen.state, this.#clock.now().toISOString(), this.#policy);
        seen = await this.#protocol.resume(seen, mayAsk, context, options);
      } else if (seen.state.status === 'rejected') {
        const context = { actor, correlationId: correlationId ?? seen.state.last.attemptId, causationId };
        seen = await this.#protocol.lookAgain(seen, context, options);
      }
      seen = await this.#followClone(seen);
      return resultOf(seen.state, paymentMethodId);
    });
  }

  /** What the trail knows of a payment method, now or as of a version, a position or an instant. Asks Stripe nothing. */
  async history(paymentMethodId: string, options: HistoryOptions = {}): Promise<History> {
    const asked = parseHistory({ ...options, paymentMethodId });
    return this.#track(() => readHistory(this.#store, asked));
  }

  /** Lets the calls under way finish, then refuses more. Close it before the store and the gateway, which stay open. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#calls);
  }

  async #attach({ context, ...wish }: ParsedAttach, isNamed: boolean, options: CallOptions): Promise<Landing> {
    const command: AttachPaymentMethod = {
      ...wish,
      idempotencyKey: this.#ids.next(),
      apiVersion: this.#gateway.apiVersion,
      requestedAt: this.#clock.now().toISOString(),
    };
    try {
      const { seen, isRequested } = await this.#protocol.request(command, isNamed, context);
      const isResumed = !isRequested && isLeftOpen(command, seen.state, this.#policy);
      let settled = seen;
      if (isRequested) settled = await this.#protocol.ask(seen, context, options);
      else if (isResumed) settled = await this.#protocol.resume(seen, true, context, options);
      const result = attachResult(command, (await this.#followClone(settled)).state);
      return { result, hasAsked: isRequested || isResumed };
    } catch (error) {
      throw namingAttempt(error, command);
    }
  }

  async #followClone(seen: SeenStream): Promise<SeenStream> {
    return seen.state.status === 'cloned' ? this.#streams.load(streamName(seen.state.cloneId, undefined)) : seen;
  }

  async #track<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new PaymentMethodsError('CLOSED', 'These payment methods are closed. Make new ones.');
    const running = call();
    this.#calls.add(running);
    try {
      return await running;
    } finally {
      this.#calls.delete(running);
    }
  }
}

/** The same error with the attempt in its details, which the caller needs to finish it and may not have chosen. */
function namingAttempt(error: unknown, { paymentMethodId, attemptId }: AttachPaymentMethod): unknown {
  if (!isPaymentMethodsError(error)) return error;
  const details = { ...error.details, paymentMethodId, attemptId };
  return new PaymentMethodsError(error.code, error.message, { details, cause: error.cause });
}

async function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal | undefined): Promise<Value | 'aborted'> {
  if (signal === undefined) return value;
  let giveUp = () => {};
  const aborted = new Promise<'aborted'>((resolve) => {
    giveUp = () => resolve('aborted');
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
