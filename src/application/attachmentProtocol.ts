import type { AttachPaymentMethod, Conclusion, RetryPolicy } from '../domain/decisions.ts';
import { answerFromLookUp, decideAttach, decideOutcome, decideRenewKey, isWorthALook } from '../domain/decisions.ts';
import type { PaymentMethodId } from '../domain/identifiers.ts';
import { isTestAlias } from '../domain/identifiers.ts';
import type { Evidence } from '../domain/evidence.ts';
import { isOpen } from '../domain/paymentMethod.ts';
import type { KnownContext } from './commands.ts';
import { PaymentMethodsError } from './errors.ts';
import type { Change, PaymentMethodStreams, SeenStream } from './paymentMethodStreams.ts';
import { streamName, unseen } from './paymentMethodStreams.ts';
import type { Clock } from './ports/clock.ts';
import type { IdGenerator } from './ports/idGenerator.ts';
import type { CallOptions, PaymentMethodGateway } from './ports/paymentMethodGateway.ts';

export type ProtocolParts = {
  readonly streams: PaymentMethodStreams;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly policy: RetryPolicy;
};

/** How often a step decides anew after losing a race, before it gives up: more than callers ever race on one stream. */
const maxRounds = 100;

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
   * taken anew. `isRequested` is true when Stripe is now to be asked.
   */
  async request(command: AttachPaymentMethod, context: KnownContext) {
    let seen = unseen(streamName(command.paymentMethodId, command.attemptId));
    for (let round = 1; round <= maxRounds; round += 1) {
      const decision = decideAttach(command, seen.state);
      if ('rejected' in decision || decision.events.length === 0) return { seen, isRequested: false };
      const { saved, streams } = await this.#parts.streams.save([{ seen, events: decision.events }], context);
      seen = streams[0] ?? seen;
      if (saved) return { seen, isRequested: decision.events.some(({ type }) => type === 'AttachmentRequested') };
    }
    throw contention(seen.name);
  }

  /** Sends an open attempt under its key, looks where the answer leaves a doubt, and records the outcome. */
  async ask(seen: SeenStream, context: KnownContext, options: CallOptions): Promise<SeenStream> {
    if (!isOpen(seen.state)) return seen;
    const { attempt } = seen.state;
    const { paymentMethodId, customer } = attempt;
    let asked: Awaited<ReturnType<PaymentMethodGateway['attach']>>;
    try {
      asked = await this.#parts.gateway.attach(attempt, options);
    } catch (fault) {
      const answer = { answer: 'unknown', cause: 'gatewayFault' } as const;
      // The fault says more than a failure to record that there was one: the attempt stays open either way.
      await this.#conclude(seen, { ...attempt, clonedFrom: null, answer, evidence: noEvidence }, context).catch(
        () => {},
      );
      throw fault;
    }
    const { evidence, ...answer } = asked;
    if (!isWorthALook(answer) || isTestAlias(paymentMethodId)) {
      return this.#conclude(seen, { ...attempt, clonedFrom: null, answer, evidence }, context);
    }
    const { evidence: looked, ...look } = await this.#lookIfAllowed(paymentMethodId, options);
    const refused = answer.answer === 'unknown' && answer.cause === 'refusedWithoutCode';
    const settled = answerFromLookUp(customer, look, refused);
    const rests = { ...(settled === null ? evidence : looked), tries: [...evidence.tries, ...looked.tries] };
    const conclusion = { ...attempt, clonedFrom: null, answer: settled ?? answer, evidence: rests };
    return this.#conclude(seen, conclusion, context);
  }

  /**
   * Settles an open attempt that this call did not start: looks, and, where that proves nothing and `mayAsk`, asks again
   * under its key, or under a new one that is recorded first.
   */
  async resume(open: SeenStream, mayAsk: boolean, context: KnownContext, options: CallOptions): Promise<SeenStream> {
    let seen = open;
    if (!isOpen(seen.state)) return seen;
    const { attempt } = seen.state;
    if (!isTestAlias(attempt.paymentMethodId)) {
      const { evidence, ...look } = await this.#parts.gateway.lookUp(attempt.paymentMethodId, options);
      const refused = seen.state.status === 'outcomeUnknown' && seen.state.cause === 'refusedWithoutCode';
      const answer = answerFromLookUp(attempt.customer, look, refused);
      const conclusion = { ...attempt, clonedFrom: null, evidence };
      if (answer !== null) return this.#conclude(seen, { ...conclusion, answer }, context);
      if (mayAsk && look.look === 'unknown') {
        return this.#conclude(seen, { ...conclusion, answer: { answer: 'unknown', cause: look.cause } }, context);
      }
    }
    if (!mayAsk) return seen;
    const { clock, ids, gateway, policy } = this.#parts;
    const renewedAt = clock.now().toISOString();
    const key = { idempotencyKey: ids.next(), apiVersion: gateway.apiVersion, renewedAt };
    const { events } = decideRenewKey(key, seen.state, policy);
    if (events.length > 0) {
      const { saved, streams } = await this.#parts.streams.save([{ seen, events }], context);
      seen = streams[0] ?? seen;
      // Whoever was first is at it now, under a key of their own.
      if (!saved) return seen;
    }
    return this.ask(seen, context, options);
  }

  /** Looks once more at a payment method that was rejected: evidence that it is attached overrules the rejection. */
  async lookAgain(seen: SeenStream, context: KnownContext, options: CallOptions): Promise<SeenStream> {
    if (seen.state.status !== 'rejected' || isTestAlias(seen.state.last.paymentMethodId)) return seen;
    const { last } = seen.state;
    const { evidence, ...look } = await this.#parts.gateway.lookUp(last.paymentMethodId, options);
    const answer = answerFromLookUp(last.customer, look, false);
    if (answer?.answer !== 'attached') return seen;
    return this.#conclude(seen, { ...last, idempotencyKey: '', clonedFrom: null, answer, evidence }, context);
  }

  /** Records an outcome, unless one that stands is recorded already; of a test alias, in the clone's own stream too. */
  async #conclude(open: SeenStream, conclusion: Conclusion, context: KnownContext): Promise<SeenStream> {
    const ofClone = aboutClone(conclusion);
    let seen = open;
    let clone = ofClone === null ? null : unseen(streamName(ofClone.paymentMethodId, undefined));
    try {
      for (let round = 1; round <= maxRounds; round += 1) {
        const changes: Change[] = [{ seen, events: decideOutcome(conclusion, seen.state).events }];
        if (clone !== null && ofClone !== null) {
          changes.push({ seen: clone, events: decideOutcome(ofClone, clone.state).events });
        }
        const real = changes.filter(({ events }) => events.length > 0);
        if (real.length === 0) return seen;
        const { saved, streams } = await this.#parts.streams.save(real, context);
        const newest = new Map(streams.map((stream) => [stream.name, stream]));
        seen = newest.get(seen.name) ?? seen;
        clone = clone && (newest.get(clone.name) ?? clone);
        if (saved) return seen;
      }
      throw contention(open.name);
    } catch (error) {
      throw notRecorded(conclusion, error);
    }
  }

  /** A look that never throws: the outcome to be recorded matters more than the fault that kept us from looking. */
  async #lookIfAllowed(id: PaymentMethodId, options: CallOptions): ReturnType<PaymentMethodGateway['lookUp']> {
    try {
      return await this.#parts.gateway.lookUp(id, options);
    } catch {
      return { look: 'unknown', cause: 'gatewayFault', evidence: noEvidence };
    }
  }
}

/** The same conclusion as the payment method sees it that Stripe made of a test alias; null where it made none. */
function aboutClone(conclusion: Conclusion): Conclusion | null {
  const { answer, paymentMethodId } = conclusion;
  if (answer.answer !== 'attached' || !isTestAlias(paymentMethodId)) return null;
  return { ...conclusion, paymentMethodId: answer.paymentMethod.paymentMethodId, clonedFrom: paymentMethodId };
}

function contention(stream: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'CONTENTION',
    `Others changed stream ${stream} ${maxRounds} times while this call was deciding. Call again with the same attempt id.`,
    { details: { stream, rounds: maxRounds } },
  );
}

function notRecorded({ paymentMethodId, attemptId, answer }: Conclusion, cause: unknown): PaymentMethodsError {
  return new PaymentMethodsError(
    'OUTCOME_NOT_RECORDED',
    `Stripe was asked to attach ${paymentMethodId} (attempt ${attemptId}) and the outcome (${answer.answer}) could not be recorded; the attempt is open. Attach again with the same attempt id, or reconcile, to finish it.`,
    { details: { paymentMethodId, attemptId, answer: answer.answer }, cause },
  );
}
