import type { DetachPaymentMethod } from '../../domain/detachmentDecisions.ts';
import { decideDetach, decideDetachOutcome, detachAnswerFromLookUp } from '../../domain/detachmentDecisions.ts';
import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import { mayPass } from '../../domain/evidence.ts';
import type { DetachAnswer } from '../../domain/gatewayAnswers.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { expectedCustomer } from '../../domain/observations.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import type { DetachRejectionReason, PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import { lookAfter } from '../protocol/lookAfter.ts';
import type { Prepared, RequestKind } from '../protocol/requestKind.ts';
import { RequestProtocol } from '../protocol/requestProtocol.ts';
import type { PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import { streamName } from '../events/streams.ts';
import type { UseCaseParts } from './useCaseParts.ts';
import { newKey } from './useCaseParts.ts';

/** How a detachment ended. */
export type DetachResult =
  | {
      /** Stripe has it attached to nobody, and it can never be attached again */
      readonly outcome: 'detached';
      readonly paymentMethodId: PaymentMethodId;
      /** whom it was attached to; null where the trail did not know */
      readonly customer: CustomerReference | null;
      /** the attempt that detached it; null when nobody here asked for it */
      readonly attemptId: AttemptId | null;
    }
  | {
      /** it stands as it stood: Stripe said no, or (`attachmentOpen`) an attach has to be settled first */
      readonly outcome: 'rejected';
      readonly reason: DetachRejectionReason | 'attachmentOpen';
      readonly paymentMethodId: PaymentMethodId;
      readonly attemptId: AttemptId;
      readonly stripeCode: string | null;
    }
  | {
      /** nobody knows yet: call again with the same attempt id, or `reconcile` */
      readonly outcome: 'unknown';
      readonly cause: UnknownCause | 'attemptInProgress';
      readonly paymentMethodId: PaymentMethodId;
      readonly attemptId: AttemptId;
    };

type Wish = { readonly paymentMethodId: PaymentMethodId; readonly attemptId: AttemptId };

/** Detaches payment methods. */
export class Detaching {
  readonly #parts: UseCaseParts;
  readonly #protocol: RequestProtocol<PaymentMethodState, PaymentMethodEvent, DetachPaymentMethod, DetachAnswer>;

  constructor(parts: UseCaseParts) {
    this.#parts = parts;
    const { clock, policy } = parts;
    this.#protocol = new RequestProtocol(detachment(parts.streams.paymentMethods, parts.gateway), { clock, policy });
  }

  async detach(wish: Wish, context: KnownContext, options: CallOptions): Promise<DetachResult> {
    const command = { ...newKey(this.#parts), ...wish };
    const stream = streamName(wish.paymentMethodId, undefined);
    const { seen } = await this.#protocol.run(command, stream, context, options);
    return detachResult(wish, seen.state);
  }

  /** Settles a detachment that was left open. */
  async settle(seen: SeenPaymentMethod, context: KnownContext, options: CallOptions): Promise<SeenPaymentMethod> {
    return (await this.#protocol.settle(seen, newKey(this.#parts), context, options)).seen;
  }
}

function detachment(
  streams: PaymentMethodStreams,
  gateway: PaymentMethodGateway,
): RequestKind<PaymentMethodState, PaymentMethodEvent, DetachPaymentMethod, DetachAnswer> {
  return {
    streams,
    decide: decideDetach,
    open: ({ detachment }) => detachment,
    send: (request, options) => gateway.detach(request, options),
    prepare: (seen, context, options) => lookBefore(streams, gateway, seen, context, options),
    // Once detached, it is for ever.
    mayBeUndone: false,
    look: async ({ paymentMethodId }, state, refused, options) => {
      // Of one that is not known to be attached, a look says nothing until Stripe has refused.
      if (state.status !== 'attached' && !refused) return null;
      const expected = expectedCustomer(state) ?? undefined;
      const { evidence, ...look } = await unfailing(gateway).lookUp(paymentMethodId, { ...options, expected });
      const answer = detachAnswerFromLookUp(state, look, refused);
      return answer && { answer, evidence };
    },
    conclude: decideDetachOutcome,
  };
}

/**
 * What was attached past this trail is recorded before it is detached: only then can a look prove, later, that it was. Where
 * that cannot be seen now, it may be later, and nothing is asked; where it never can, Stripe's answer is all there will be.
 */
async function lookBefore(
  streams: PaymentMethodStreams,
  gateway: PaymentMethodGateway,
  seen: SeenPaymentMethod,
  context: KnownContext,
  options: CallOptions,
): Promise<Prepared<PaymentMethodState>> {
  const { detachment, status } = seen.state;
  if (detachment === null || status === 'attached') return { seen, doubt: null };
  const asked = { id: detachment.paymentMethodId };
  const looked = await lookAfter({ streams, gateway: unfailing(gateway) }, seen, asked, context, options);
  const { look, evidence } = looked;
  if (look.look !== 'unknown' || !mayPass(look.cause)) return { seen: looked.seen, doubt: null };
  return { seen: looked.seen, doubt: { answer: { answer: 'unknown', cause: look.cause }, evidence } };
}

/** A look that never throws: a key that may not read may still detach. */
function unfailing(gateway: PaymentMethodGateway): Pick<PaymentMethodGateway, 'lookUp'> {
  const evidence: Evidence = { source: 'readBack', requestId: null, tries: [] };
  const lookUp: PaymentMethodGateway['lookUp'] = async (id, options) => {
    try {
      return await gateway.lookUp(id, options);
    } catch {
      return { look: 'unknown', cause: 'gatewayFault', evidence };
    }
  };
  return { lookUp };
}

function detachResult({ paymentMethodId, attemptId }: Wish, state: PaymentMethodState): DetachResult {
  const isOwn = state.status === 'detached' && state.attemptId === attemptId;
  const rejected = state.rejectedDetachments.find((one) => one.attemptId === attemptId);
  if (rejected !== undefined && !isOwn) return { outcome: 'rejected', ...rejected };
  if (state.status === 'detached') {
    return { outcome: 'detached', paymentMethodId, customer: state.customer, attemptId: state.attemptId };
  }
  const { detachment } = state;
  if (detachment !== null) {
    const cause = detachment.cause ?? 'attemptInProgress';
    return { outcome: 'unknown', cause, paymentMethodId, attemptId: detachment.attemptId };
  }
  const last = state.rejectedDetachments.at(-1);
  // Another attempt's request, which this one waited for, was rejected.
  if (last !== undefined && !isOpen(state)) return { outcome: 'rejected', ...last };
  return { outcome: 'rejected', reason: 'attachmentOpen', paymentMethodId, attemptId, stripeCode: null };
}
