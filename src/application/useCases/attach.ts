import type { AttachPaymentMethod } from '../../domain/decisions.ts';
import { decideAttach, isLeftOpen } from '../../domain/decisions.ts';
import type { AttemptId } from '../../domain/identifiers.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import type { AttachmentProtocol } from '../protocol/attachmentProtocol.ts';
import type { ParsedAttach } from '../commands/commands.ts';
import { isPaymentMethodsError, PaymentMethodsError } from '../errors.ts';
import { followClone } from './followClone.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import type { AttachResult } from './results.ts';
import { abortedResult, attachResult } from './results.ts';
import { streamName } from '../events/streams.ts';
import type { UseCaseParts } from './useCaseParts.ts';
import { newKey } from './useCaseParts.ts';

/** How an attach ended, and whose attempt it was: another's, where the call joined it. */
export type Attached = { readonly result: AttachResult; readonly attemptId: AttemptId };

/** How an attach under way in this process ended; `hasAsked` where it went to Stripe, and not just to the trail. */
type Landing = { readonly result: AttachResult; readonly hasAsked: boolean };

type Flight = { readonly attemptId: AttemptId; readonly landing: Promise<Landing> };

/** Attaches payment methods. Calls of one process for the same payment method and customer join. */
export class Attaching {
  readonly #parts: UseCaseParts;
  readonly #protocol: AttachmentProtocol;
  readonly #flights = new Map<string, Flight>();

  constructor(parts: UseCaseParts, protocol: AttachmentProtocol) {
    this.#parts = parts;
    this.#protocol = protocol;
  }

  /** `isNamed` where the caller chose the attempt's id. */
  async attach(wish: ParsedAttach, isNamed: boolean, options: CallOptions): Promise<Attached> {
    const flightName = `${streamName(wish.paymentMethodId, wish.attemptId)} ${wish.customer.id}`;
    for (let flight = this.#flights.get(flightName); flight !== undefined; flight = this.#flights.get(flightName)) {
      const isOwnAttempt = flight.attemptId === wish.attemptId;
      if (!isOwnAttempt && isNamed) break;
      const landed = await untilAborted(flight.landing, options.signal);
      const { attemptId } = flight;
      if (landed === 'aborted') return { result: abortedResult(wish, attemptId), attemptId };
      const { result, hasAsked } = landed;
      const isGivenUp = result.outcome === 'unknown' && result.cause === 'aborted';
      if (!isGivenUp && (hasAsked || isOwnAttempt)) return { result, attemptId };
    }
    const landing = this.#fly(wish, isNamed, options);
    const own = { attemptId: wish.attemptId, landing };
    if (!this.#flights.has(flightName)) this.#flights.set(flightName, own);
    const clear = () => {
      if (this.#flights.get(flightName) === own) this.#flights.delete(flightName);
    };
    landing.then(clear, clear);
    return { result: (await landing).result, attemptId: wish.attemptId };
  }

  async #fly(
    { context, paymentMethodId, customer, attemptId, setAsDefault }: ParsedAttach,
    isNamed: boolean,
    options: CallOptions,
  ): Promise<Landing> {
    const command: AttachPaymentMethod = {
      ...newKey(this.#parts),
      paymentMethodId,
      customer,
      attemptId,
      setAsDefault,
    };
    try {
      const { seen, isRequested } = await this.#protocol.request(command, isNamed, context);
      const isResumed = !isRequested && isLeftOpen(command, seen.state, this.#parts.policy);
      let settled = seen;
      if (isRequested) settled = await this.#protocol.ask(seen, context, options);
      else if (isResumed) {
        settled = await this.#protocol.resume(seen, true, context, options);
        // What came out of it may be another customer's: that this attempt is refused then has to be on record as well.
        if (isRefused(command, settled.state)) {
          const again = await this.#protocol.request(command, isNamed, context, settled);
          settled = again.isRequested ? await this.#protocol.ask(again.seen, context, options) : again.seen;
        }
      }
      const { state } = await followClone(this.#parts.streams.paymentMethods, settled);
      const hasAsked = isRequested || isResumed;
      return { result: attachResult(command, state, hasAsked), hasAsked };
    } catch (error) {
      throw namingAttempt(error, command);
    }
  }
}

function isRefused(command: AttachPaymentMethod, state: PaymentMethodState): boolean {
  const decision = decideAttach(command, state);
  return 'events' in decision && decision.events[0]?.type === 'AttachmentRefused';
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
