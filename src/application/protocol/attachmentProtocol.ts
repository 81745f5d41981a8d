import type { Conclusion } from '../../domain/answers.ts';
import { answerFromLookUp, isWorthALook } from '../../domain/answers.ts';
import { decideWish } from '../../domain/customerDecisions.ts';
import type { AttachPaymentMethod } from '../../domain/decisions.ts';
import { decideAttach, decideRenewKey, repeatsRefusal } from '../../domain/decisions.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { OpenAttempt } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import type { OfAttempt } from '../../domain/paymentMethodEvents.ts';
import type { RetryPolicy } from '../../domain/retryPolicy.ts';
import { isPastAsking } from '../../domain/attempts.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CustomerStreams, PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/idGenerator.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import { recordOutcome } from './recordOutcome.ts';
import { requestAgain } from './requestAgain.ts';
import { contention, maxRounds } from './rounds.ts';

export type ProtocolParts = {
  readonly streams: PaymentMethodStreams;
  /** where an attach's wish for the default gets its place among others */
  readonly customers: CustomerStreams;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly policy: RetryPolicy;
};

const noEvidence: Evidence = { source: 'response', requestId: null, tries: [] };

/**
 * The steps of an attempt, each of which leaves the trail such that a crash right after it loses nothing: the intent is
 * durable before it is sent, a new key before it is used, and a doubt is recorded as a doubt. No lock, connection or
 * transaction is held while Stripe is asked.
 */
export class AttachmentProtocol {
  readonly #parts: ProtocolParts;

  constructor(parts: ProtocolParts) {
    this.#parts = parts;
  }

  /**
   * Makes the intent durable, or its refusal, without reading first: a conflict brings what there is, and the decision is
   * taken anew. A wish for the default is durable with it. `isRequested` is true when Stripe is now to be asked. A refusal
   * that says again what the last one said is recorded only where the caller named the attempt. `from` is what the caller
   * has seen of the trail.
   */
  async request(command: AttachPaymentMethod, isNamed: boolean, context: KnownContext, from?: SeenPaymentMethod) {
    const { streams, customers } = this.#parts;
    let seen = from ?? streams.unseen(streamName(command.paymentMethodId, command.attemptId));
    let customer = customers.unseen(customerStreamName(command.customer.id));
    for (let round = 1; round <= maxRounds; round += 1) {
      const decision = decideAttach(command, seen.state);
      if ('rejected' in decision || decision.events.length === 0) return { seen, isRequested: false };
      const { events } = decision;
      const refusal = events.find((event) => event.type === 'AttachmentRefused');
      if (refusal !== undefined && !isNamed && repeatsRefusal(command, refusal.data.reason, seen.state)) {
        return { seen, isRequested: false };
      }
      // Whatever happens meanwhile, a payment method that had a customer stays refused to another.
      const isFinal = refusal !== undefined && !isOpen(seen.state);
      const wishes = refusal === undefined ? decideWish(command, customer.state).events : [];
      const wished = wishes.length === 0 ? [] : [{ seen: customer, events: wishes }];
      const result = await streams.saveWith([{ seen, events, isFinal }], customers, wished, context);
      seen = result.streams[0] ?? seen;
      customer = result.others[0] ?? customer;
      if (result.saved) return { seen, isRequested: refusal === undefined };
    }
    throw contention(seen.name);
  }

  /** Sends an open attempt under its key, looks where the answer leaves a doubt, and records the outcome. */
  async ask(seen: SeenPaymentMethod, context: KnownContext, options: CallOptions): Promise<SeenPaymentMethod> {
    if (!isOpen(seen.state)) return seen;
    const { attempt } = seen.state;
    const { paymentMethodId, customer } = attempt;
    let asked: Awaited<ReturnType<PaymentMethodGateway['attach']>>;
    try {
      asked = await this.#parts.gateway.attach(attempt, options);
    } catch (fault) {
      const answer = { answer: 'unknown', cause: 'gatewayFault' } as const;
      // The fault says more than a failure to record that there was one: the attempt stays open either way.
      await this.#record(seen, { ...attempt, clonedFrom: null, answer, evidence: noEvidence }, context).catch(() => {});
      throw fault;
    }
    const { evidence, ...answer } = asked;
    if (!isWorthALook(answer) || isTestAlias(paymentMethodId)) {
      return this.#record(seen, { ...attempt, clonedFrom: null, answer, evidence }, context);
    }
    const { evidence: looked, ...look } = await this.#lookIfAllowed(attempt, options);
    const refused = answer.answer === 'unknown' && answer.cause === 'refusedWithoutCode';
    const settled = answerFromLookUp(customer, look, refused);
    const rests = { ...(settled === null ? evidence : looked), tries: [...evidence.tries, ...looked.tries] };
    const conclusion = { ...attempt, clonedFrom: null, answer: settled ?? answer, evidence: rests };
    return this.#record(seen, conclusion, context);
  }

  /**
   * Settles an open attempt that this call did not start: looks, and, where that proves nothing and `mayAsk`, asks again
   * under its key, or under a new one that is recorded first.
   */
  async resume(
    seen: SeenPaymentMethod,
    mayAsk: boolean,
    context: KnownContext,
    options: CallOptions,
  ): Promise<SeenPaymentMethod> {
    if (!isOpen(seen.state)) return seen;
    const { attempt } = seen.state;
    if (!isTestAlias(attempt.paymentMethodId)) {
      const { evidence, ...look } = await this.#lookUp(attempt, options);
      const refused = seen.state.status === 'outcomeUnknown' && seen.state.cause === 'refusedWithoutCode';
      const answer = answerFromLookUp(attempt.customer, look, refused);
      const conclusion = { ...attempt, clonedFrom: null, evidence };
      if (answer !== null) return this.#record(seen, { ...conclusion, answer }, context);
      if (mayAsk && look.look === 'unknown') {
        // A doubt about the attach itself says more than that a look failed.
        if (seen.state.status === 'outcomeUnknown') return seen;
        return this.#record(seen, { ...conclusion, answer: { answer: 'unknown', cause: look.cause } }, context);
      }
    }
    const { clock, policy } = this.#parts;
    if (!mayAsk || isPastAsking(seen.state, clock.now().toISOString(), policy)) return seen;
    const { renewed, isOurs } = await this.#renewKey(seen, attempt, context);
    return isOurs ? this.ask(renewed, context, options) : renewed;
  }

  /** Makes sure of a key that can settle the attempt. Not ours is one that somebody else renewed, who is at it now. */
  async #renewKey(open: SeenPaymentMethod, attempt: OpenAttempt, context: KnownContext) {
    const { clock, ids, gateway, policy, streams } = this.#parts;
    const renewedAt = clock.now().toISOString();
    const key = { idempotencyKey: ids.next(), apiVersion: gateway.apiVersion, renewedAt };
    let seen = open;
    for (let round = 1; round <= maxRounds; round += 1) {
      seen = await requestAgain(this.#parts, attempt, seen, context);
      const { state } = seen;
      if (!isOpen(state) || state.attempt.idempotencyKey !== attempt.idempotencyKey) {
        return { renewed: seen, isOurs: false };
      }
      const { events } = decideRenewKey(key, state, policy);
      if (events.length === 0) return { renewed: seen, isOurs: true };
      const result = await streams.save([{ seen, events }], context);
      seen = result.streams[0] ?? seen;
      if (result.saved) return { renewed: seen, isOurs: true };
    }
    throw contention(open.name);
  }

  /** Looks once more at a payment method that was rejected: evidence that it is attached overrules the rejection. */
  async lookAgain(seen: SeenPaymentMethod, context: KnownContext, options: CallOptions): Promise<SeenPaymentMethod> {
    if (seen.state.status !== 'rejected' || isTestAlias(seen.state.last.paymentMethodId)) return seen;
    const { last } = seen.state;
    const { evidence, ...look } = await this.#lookUp(last, options);
    const answer = answerFromLookUp(last.customer, look, false);
    if (answer?.answer !== 'attached') return seen;
    return this.#record(seen, { ...last, idempotencyKey: '', clonedFrom: null, answer, evidence }, context);
  }

  #lookUp({ paymentMethodId, customer }: OfAttempt, options: CallOptions): ReturnType<PaymentMethodGateway['lookUp']> {
    return this.#parts.gateway.lookUp(paymentMethodId, { ...options, expected: customer });
  }

  #record(seen: SeenPaymentMethod, conclusion: Conclusion, context: KnownContext): Promise<SeenPaymentMethod> {
    return recordOutcome(this.#parts, seen, conclusion, context);
  }

  /** A look that never throws: the outcome to be recorded matters more than the fault that kept us from looking. */
  async #lookIfAllowed(attempt: OfAttempt, options: CallOptions): ReturnType<PaymentMethodGateway['lookUp']> {
    try {
      return await this.#lookUp(attempt, options);
    } catch {
      return { look: 'unknown', cause: 'gatewayFault', evidence: noEvidence };
    }
  }
}
