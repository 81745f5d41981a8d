import { isWorthALook } from '../../domain/answers.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { AttemptId } from '../../domain/identifiers.ts';
import type { KeyedRequest, OpenRequest } from '../../domain/keyedRequest.ts';
import { isKeyUsable, isRequestInFlight, mayLand, spendsKey } from '../../domain/keyedRequest.ts';
import type { RetryPolicy } from '../../domain/retryPolicy.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { SeenStream } from '../events/eventStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import type { AnyEvent, Call, Evidenced, Ran, RequestKind, Unknown } from './requestKind.ts';
import { contention, maxRounds } from './rounds.ts';

type Parts = { readonly clock: Clock; readonly policy: RetryPolicy };

const noEvidence: Evidence = { source: 'response', requestId: null, tries: [] };

/**
 * The steps of a request that is not an attach: the intent is durable before it is sent, a new key before it is used, and
 * a doubt is recorded as a doubt. No lock, connection or transaction is held while Stripe is asked.
 */
export class RequestProtocol<
  State,
  Event extends AnyEvent,
  Request extends KeyedRequest,
  Answer extends { readonly answer: string },
> {
  readonly #kind: RequestKind<State, Event, Request, Answer>;
  readonly #parts: Parts;

  constructor(kind: RequestKind<State, Event, Request, Answer>, parts: Parts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  /** Asks for it, unless it was answered before, or somebody else is at it; finishes what a crash or a doubt left open. */
  async run(
    command: Request & { readonly attemptId: AttemptId },
    stream: string,
    context: KnownContext,
    options: CallOptions,
  ): Promise<Ran<State, Answer>> {
    const unseen = this.#kind.streams.unseen(stream);
    const { seen, isRequested } = await this.#request(command, unseen, context);
    const open = this.#kind.open(seen.state);
    if (open === null) return { seen, answer: null };
    if (isRequested) return this.#ask(seen, open, context, options);
    const isOwn = open.attemptId === command.attemptId;
    const { policy } = this.#parts;
    if (!isOwn && isRequestInFlight(open, command.requestedAt, policy)) return { seen, answer: null };
    // Too old to be asked again, and it may land still.
    if (!isKeyUsable(open, command.requestedAt, policy)) return { seen, answer: null };
    return this.#resume(seen, open, context, options);
  }

  /**
   * Looks after what is open, without asking for anything new: under its own key, or, where that can settle nothing any
   * more, under this one, which is recorded first.
   */
  async settle(
    seen: SeenStream<State>,
    key: KeyedRequest,
    context: KnownContext,
    options: CallOptions,
  ): Promise<Ran<State, Answer>> {
    const open = this.#kind.open(seen.state);
    const { policy } = this.#parts;
    const now = key.requestedAt;
    if (open === null || isRequestInFlight(open, now, policy)) return { seen, answer: null };
    if (isKeyUsable(open, now, policy)) return this.#resume(seen, open, context, options);
    if (this.#kind.mayBeUndone && mayLand(open, now, policy)) return { seen, answer: null };
    const looked = await this.#kind.look(open, seen.state, open.cause === 'refusedWithoutCode', options);
    if (looked !== null) return this.#record(seen, open, looked, context);
    const renewed = await this.#request({ ...open, ...key }, seen, context);
    const again = this.#kind.open(renewed.seen.state);
    if (again === null || !renewed.isRequested) return { seen: renewed.seen, answer: null };
    return this.#ask(renewed.seen, again, context, options);
  }

  async #request(command: Request, from: SeenStream<State>, context: KnownContext) {
    const { streams, decide } = this.#kind;
    let seen = from;
    for (let round = 1; round <= maxRounds; round += 1) {
      const decision = decide(command, seen.state, this.#parts.policy);
      if ('rejected' in decision || decision.events.length === 0) return { seen, isRequested: false };
      const { saved, streams: now } = await streams.save([{ seen, events: decision.events }], context);
      seen = now[0] ?? seen;
      if (saved) return { seen, isRequested: true };
    }
    throw contention(seen.name);
  }

  async #resume(
    seen: SeenStream<State>,
    open: Request & OpenRequest,
    context: KnownContext,
    options: CallOptions,
  ): Promise<Ran<State, Answer>> {
    const refused = open.cause === 'refusedWithoutCode';
    const looked = this.#kind.mayBeUndone ? null : await this.#kind.look(open, seen.state, refused, options);
    if (looked !== null) return this.#record(seen, open, looked, context);
    return this.#ask(seen, open, context, options);
  }

  /** Prepares, and sends what is open still: somebody else may have settled it meanwhile, or be at it under a new key. */
  async #ask(from: SeenStream<State>, open: Request, ...call: Call): Promise<Ran<State, Answer>> {
    const { seen, doubt } = (await this.#kind.prepare?.(from, ...call)) ?? { seen: from, doubt: null };
    const still = this.#kind.open(seen.state);
    if (still?.idempotencyKey !== open.idempotencyKey) return { seen, answer: null };
    if (doubt === null) return this.#send(seen, open, ...call);
    // A doubt about the request itself says more.
    return still.cause === null ? this.#record(seen, open, doubt, call[0]) : { seen, answer: doubt.answer };
  }

  async #send(
    seen: SeenStream<State>,
    open: Request,
    context: KnownContext,
    options: CallOptions,
  ): Promise<Ran<State, Answer>> {
    let asked: Answer & { readonly evidence: Evidence };
    try {
      asked = await this.#kind.send(open, options);
    } catch (fault) {
      const answer = { answer: 'unknown', cause: 'gatewayFault' } as const;
      // The fault says more than a failure to record that there was one: the request stays open either way.
      await this.#record(seen, open, { answer, evidence: noEvidence }, context).catch(() => {});
      throw fault;
    }
    const { evidence } = asked;
    if (!isUnknown(asked) || !isWorthALook(asked) || (this.#kind.mayBeUndone && !spendsKey(asked)))
      return this.#record(seen, open, { answer: asked, evidence }, context);
    const refused = asked.cause === 'refusedWithoutCode';
    const looked = await this.#kind.look(open, seen.state, refused, options).catch(() => null);
    if (looked === null) return this.#record(seen, open, { answer: asked, evidence }, context);
    const tries = [...evidence.tries, ...looked.evidence.tries];
    return this.#record(seen, open, { answer: looked.answer, evidence: { ...looked.evidence, tries } }, context);
  }

  async #record(
    asked: SeenStream<State>,
    request: Request,
    { answer, evidence }: Evidenced<Answer | Unknown>,
    context: KnownContext,
  ): Promise<Ran<State, Answer>> {
    const { streams, decide, conclude } = this.#kind;
    let seen = asked;
    try {
      for (let round = 1; round <= maxRounds; round += 1) {
        // A stream shorter than it was asked on lost the request in a failover: it is recorded again, under its own key.
        const lost = seen.version < asked.version ? decide(request, seen.state, this.#parts.policy) : { events: [] };
        const again = 'rejected' in lost ? [] : lost.events;
        const outcome = conclude({ request, answer, evidence }, streams.evolved(seen.state, again));
        const events = [...again, ...outcome.events];
        if (events.length === 0) return { seen, answer };
        const { saved, streams: now } = await streams.save([{ seen, events }], context);
        seen = now[0] ?? seen;
        if (saved) return { seen, answer };
      }
      throw contention(asked.name);
    } catch (error) {
      throw notRecorded(asked.name, answer.answer, error);
    }
  }
}

function isUnknown(answer: { readonly answer: string }): answer is Unknown {
  return answer.answer === 'unknown';
}

function notRecorded(stream: string, answer: string, cause: unknown): PaymentMethodsError {
  return new PaymentMethodsError(
    'OUTCOME_NOT_RECORDED',
    `Stripe was asked (stream ${stream}) and the outcome (${answer}) could not be recorded; the request is open. Call again with the same attempt id to finish it.`,
    { details: { stream, answer }, cause },
  );
}
