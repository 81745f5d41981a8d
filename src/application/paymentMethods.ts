import type { AttachPaymentMethod, Conclusion, RetryPolicy } from '../domain/decisions.ts';
import {
  answerFromLookUp,
  decideAttach,
  decideOutcome,
  decideRenewKey,
  defaultRetryPolicy,
  isLeftOpen,
  isWorthALook,
} from '../domain/decisions.ts';
import type { PaymentMethodId } from '../domain/identifiers.ts';
import { isTestAlias } from '../domain/identifiers.ts';
import type { Evidence } from '../domain/paymentMethod.ts';
import { isOpen } from '../domain/paymentMethod.ts';
import type { AttachInput, HistoryOptions, KnownContext, ParsedAttach, ReconcileInput } from './commands.ts';
import { parseAttach, parseHistory, parseReconcile } from './commands.ts';
import { PaymentMethodsError } from './errors.ts';
import { readHistory } from './history.ts';
import type { Change, SeenStream } from './paymentMethodStreams.ts';
import { PaymentMethodStreams, streamName, unseen } from './paymentMethodStreams.ts';
import type { Clock } from './ports/clock.ts';
import type { EventStore } from './ports/eventStore.ts';
import type { IdGenerator } from './ports/idGenerator.ts';
import type { CallOptions, PaymentMethodGateway } from './ports/paymentMethodGateway.ts';
import type { AttachResult, History, ReconcileResult } from './results.ts';
import { attachResult, resultOf } from './results.ts';

export type PaymentMethodsParts = {
  readonly eventStore: EventStore;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly retryPolicy?: RetryPolicy | undefined;
};

/** How often a call decides anew after losing a race, before it gives up with `CONTENTION`. */
const maxRounds = 10;

/**
 * Attaches payment methods to customers and leaves a trail of it. Nothing is sent to Stripe before the intent is durable,
 * and nothing Stripe may have done is ever taken for not done.
 */
export class PaymentMethods {
  readonly #gateway: PaymentMethodGateway;
  readonly #store: EventStore;
  readonly #streams: PaymentMethodStreams;
  readonly #clock: Clock;
  readonly #ids: IdGenerator;
  readonly #policy: RetryPolicy;
  readonly #inFlight = new Map<string, Promise<AttachResult>>();

  constructor({ eventStore, gateway, clock, ids, retryPolicy = defaultRetryPolicy }: PaymentMethodsParts) {
    this.#gateway = gateway;
    this.#store = eventStore;
    this.#streams = new PaymentMethodStreams(eventStore, ids);
    this.#clock = clock;
    this.#ids = ids;
    this.#policy = retryPolicy;
  }

  /**
   * Attaches a payment method to a customer: attached, rejected or unknown. The same attempt again gets the same answer,
   * with no second request. An attempt that a crash left open is finished first, under its own key. Do not call it inside
   * a database transaction of your own: a rollback could not undo the attach, only the record of it.
   *
   * Throws `INVALID_COMMAND` before any I/O; a store's error (`STORE_…`), after which calling again with the same attempt
   * id is safe and finishes it; a gateway's fault (`GATEWAY_…`); `CONTENTION` when others kept changing the stream.
   * https://docs.stripe.com/api/payment_methods/attach
   */
  async attach(input: AttachInput, options: CallOptions = {}): Promise<AttachResult> {
    const command = parseAttach(input, () => this.#ids.next());
    const stream = streamName(command.paymentMethodId, command.attemptId);
    const flight = `${stream} ${command.customer.id}`;
    const joined = this.#inFlight.get(flight);
    if (joined !== undefined) return joined;
    const attaching = this.#attach(command, stream, options);
    this.#inFlight.set(flight, attaching);
    try {
      return await attaching;
    } finally {
      this.#inFlight.delete(flight);
    }
  }

  /**
   * Turns an open attempt into a known outcome by looking at Stripe, and, where a look proves nothing, by asking again
   * under the attempt's own key. Answers how the payment method stands; records nothing that it already knew.
   */
  async reconcile(input: ReconcileInput, options: CallOptions = {}): Promise<ReconcileResult> {
    const { paymentMethodId, attemptId, actor, correlationId, causationId } = parseReconcile(input);
    let seen = await this.#streams.load(streamName(paymentMethodId, attemptId));
    if (isOpen(seen.state)) {
      const context = { actor, correlationId: correlationId ?? seen.state.attempt.attemptId, causationId };
      seen = await this.#resume(seen, context, options);
    }
    seen = await this.#followClone(seen);
    return resultOf(seen.state, paymentMethodId);
  }

  /** What the trail knows of a payment method, now or as of a version, a position or an instant. Asks Stripe nothing. */
  async history(paymentMethodId: string, options: HistoryOptions = {}): Promise<History> {
    return readHistory(this.#store, parseHistory({ ...options, paymentMethodId }));
  }

  async #attach({ context, ...wish }: ParsedAttach, stream: string, options: CallOptions): Promise<AttachResult> {
    const command: AttachPaymentMethod = {
      ...wish,
      idempotencyKey: this.#ids.next(),
      apiVersion: this.#gateway.apiVersion,
      requestedAt: this.#clock.now().toISOString(),
    };
    const { seen, isRecorded } = await this.#request(command, stream, context);
    let settled = seen;
    if (isRecorded) settled = await this.#ask(seen, context, options);
    else if (isLeftOpen(command, seen.state, this.#policy)) settled = await this.#resume(seen, context, options);
    return attachResult(command, (await this.#followClone(settled)).state);
  }

  /** Makes the intent durable, without reading first: a conflict brings what there is, and the decision is taken anew. */
  async #request(command: AttachPaymentMethod, stream: string, context: KnownContext) {
    let seen = unseen(stream);
    for (let round = 1; round <= maxRounds; round += 1) {
      const decision = decideAttach(command, seen.state);
      if ('rejected' in decision || decision.events.length === 0) return { seen, isRecorded: false };
      const { saved, streams } = await this.#streams.save([{ seen, events: decision.events }], context);
      seen = streams[0] ?? seen;
      if (saved) return { seen, isRecorded: true };
    }
    throw contention(stream);
  }

  /** Settles an open attempt that this call did not start: looks first, then asks under its key, or under a new one. */
  async #resume(open: SeenStream, context: KnownContext, options: CallOptions): Promise<SeenStream> {
    let seen = open;
    if (!isOpen(seen.state)) return seen;
    if (!isTestAlias(seen.state.attempt.paymentMethodId)) {
      const { evidence, ...look } = await this.#gateway.lookUp(seen.state.attempt.paymentMethodId, options);
      const answer = answerFromLookUp(seen.state.attempt, look, null);
      if (answer.answer !== 'unknown' || look.look === 'unknown') {
        return this.#conclude(seen, { ...seen.state.attempt, answer, evidence }, context);
      }
    }
    const key = {
      idempotencyKey: this.#ids.next(),
      apiVersion: this.#gateway.apiVersion,
      renewedAt: this.#clock.now().toISOString(),
    };
    const { events } = decideRenewKey(key, seen.state, this.#policy);
    if (events.length > 0) {
      const { saved, streams } = await this.#streams.save([{ seen, events }], context);
      seen = streams[0] ?? seen;
      // Whoever was first is at it now, under a key of their own.
      if (!saved) return seen;
    }
    return this.#ask(seen, context, options);
  }

  /** Sends an open attempt under its key, looks where the answer leaves a doubt, and records the outcome. */
  async #ask(seen: SeenStream, context: KnownContext, options: CallOptions): Promise<SeenStream> {
    if (!isOpen(seen.state)) return seen;
    const { attempt } = seen.state;
    let asked: Awaited<ReturnType<PaymentMethodGateway['attach']>>;
    try {
      asked = await this.#gateway.attach(attempt, options);
    } catch (fault) {
      const answer = { answer: 'unknown', cause: 'gatewayFault' } as const;
      await this.#conclude(seen, { ...attempt, answer, evidence: noEvidence }, context);
      throw fault;
    }
    const { evidence, ...answer } = asked;
    if (!isWorthALook(answer) || isTestAlias(attempt.paymentMethodId)) {
      return this.#conclude(seen, { ...attempt, answer, evidence }, context);
    }
    const { evidence: looked, ...look } = await this.#lookIfAllowed(attempt.paymentMethodId, options);
    const tries = [...evidence.tries, ...looked.tries];
    const seenBy = look.look === 'unknown' ? evidence : looked;
    const conclusion = { ...attempt, answer: answerFromLookUp(attempt, look, answer), evidence: { ...seenBy, tries } };
    return this.#conclude(seen, conclusion, context);
  }

  /** Records an outcome, unless somebody else already recorded one that stands. */
  async #conclude(open: SeenStream, conclusion: Conclusion, context: KnownContext): Promise<SeenStream> {
    let seen = open;
    let clone = cloneOf(open, conclusion);
    for (let round = 1; round <= maxRounds; round += 1) {
      const { events } = decideOutcome(conclusion, seen.state);
      if (events.length === 0) return seen;
      const changes: Change[] = [{ seen, events }];
      const cloned = clone === null ? [] : decideOutcome(conclusion, clone.state).events;
      if (clone !== null && cloned.length > 0) changes.push({ seen: clone, events: cloned });
      const { saved, streams } = await this.#streams.save(changes, context);
      seen = streams[0] ?? seen;
      if (saved) return seen;
      clone = streams[1] ?? clone;
    }
    throw contention(open.name);
  }

  /** A look that never throws: the outcome to be recorded matters more than the fault that kept us from looking. */
  async #lookIfAllowed(
    paymentMethodId: PaymentMethodId,
    options: CallOptions,
  ): ReturnType<PaymentMethodGateway['lookUp']> {
    try {
      return await this.#gateway.lookUp(paymentMethodId, options);
    } catch {
      return { look: 'unknown', cause: 'gatewayFault', evidence: noEvidence };
    }
  }

  async #followClone(seen: SeenStream): Promise<SeenStream> {
    return seen.state.status === 'cloned' ? this.#streams.load(streamName(seen.state.cloneId, undefined)) : seen;
  }
}

const noEvidence: Evidence = { source: 'response', requestId: null, tries: [] };

function cloneOf({ state }: SeenStream, { answer }: Conclusion): SeenStream | null {
  if (answer.answer !== 'attached' || !isOpen(state) || !isTestAlias(state.attempt.paymentMethodId)) return null;
  return unseen(streamName(answer.paymentMethod.paymentMethodId, undefined));
}

function contention(stream: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'CONTENTION',
    `Others changed stream ${stream} ${maxRounds} times while this call was deciding. Call again with the same attempt id.`,
    { details: { stream, rounds: maxRounds } },
  );
}
