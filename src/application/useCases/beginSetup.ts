import type { UnknownCause } from '../../domain/evidence.ts';
import type { SetupAnswer } from '../../domain/gatewayAnswers.ts';
import type { AttemptId, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import { isSameCustomer } from '../../domain/identifiers.ts';
import type { SetupEvent, SetupRejectionReason, SetupState, SetupWish } from '../../domain/setup.ts';
import type { BeginSetup } from '../../domain/setupDecisions.ts';
import { decideBeginSetup, decideSetupOutcome } from '../../domain/setupDecisions.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import type { Ran, RequestKind } from '../protocol/requestProtocol.ts';
import { RequestProtocol } from '../protocol/requestProtocol.ts';
import type { SetupStreams } from '../events/streams.ts';
import { setupStreamName } from '../events/streams.ts';
import type { ContextOfAttempt, UseCaseParts } from './useCaseParts.ts';
import { newKey } from './useCaseParts.ts';

/** How a setup stands. */
export type SetupResult = { readonly attemptId: AttemptId } & (
  | {
      /** give the client secret to the front end, and keep it nowhere: a repeat of this call gets it from Stripe again */
      readonly outcome: 'begun';
      readonly setupIntentId: SetupIntentId;
      readonly clientSecret: string;
    }
  | {
      /** the front end has saved a payment method by it */
      readonly outcome: 'succeeded';
      readonly setupIntentId: SetupIntentId;
      readonly paymentMethodId: PaymentMethodId;
    }
  | {
      readonly outcome: 'rejected';
      readonly reason: SetupRejectionReason | 'attemptIdReused';
      readonly stripeCode: string | null;
    }
  | {
      /** nobody knows yet: call again with the same attempt id */
      readonly outcome: 'unknown';
      readonly cause: UnknownCause | 'attemptInProgress';
    }
);

/** Begins setups: the way Stripe recommends to save a payment method for later. */
export class BeginningSetups {
  readonly #parts: UseCaseParts;
  readonly #protocol: RequestProtocol<SetupState, SetupEvent, BeginSetup, SetupAnswer>;

  constructor(parts: UseCaseParts) {
    this.#parts = parts;
    const { clock, policy } = parts;
    this.#protocol = new RequestProtocol(setup(parts.streams.setups, parts.gateway), { clock, policy });
  }

  async beginSetup(wish: SetupWish, context: KnownContext, options: CallOptions): Promise<SetupResult> {
    const command = { ...newKey(this.#parts), ...wish };
    const ran = await this.#protocol.run(command, setupStreamName(wish.attemptId), context, options);
    return this.#result(wish, ran, options);
  }

  /** Settles a request that was left open, and answers how the setup stands. */
  async settle(stream: string, contextOf: ContextOfAttempt, options: CallOptions): Promise<SetupState> {
    const seen = await this.#parts.streams.setups.load(stream);
    if (seen.state.status !== 'requested') return seen.state;
    const { attemptId } = seen.state.wish;
    return (await this.#protocol.settle(seen, newKey(this.#parts), contextOf(attemptId), options)).seen.state;
  }

  async #result(
    { attemptId, customer }: SetupWish,
    { seen: { state }, answer }: Ran<SetupState, SetupAnswer>,
    options: CallOptions,
  ): Promise<SetupResult> {
    const isAnother =
      state.status !== 'unasked' && state.wish !== null && !isSameCustomer(state.wish.customer, customer);
    if (isAnother) return { outcome: 'rejected', reason: 'attemptIdReused', stripeCode: null, attemptId };
    switch (state.status) {
      case 'begun': {
        const { setupIntentId } = state;
        if (answer?.answer === 'created') {
          return { outcome: 'begun', setupIntentId, clientSecret: answer.setupIntent.clientSecret, attemptId };
        }
        const look = await this.#parts.gateway.lookUpSetupIntent(setupIntentId, options);
        if (look.look === 'found') {
          return { outcome: 'begun', setupIntentId, clientSecret: look.setupIntent.clientSecret, attemptId };
        }
        return { outcome: 'unknown', cause: look.look === 'unknown' ? look.cause : 'unexpectedAnswer', attemptId };
      }
      case 'succeeded': {
        const { setupIntentId, paymentMethodId } = state;
        return { outcome: 'succeeded', setupIntentId, paymentMethodId, attemptId };
      }
      case 'rejected':
        return { outcome: 'rejected', reason: state.reason, stripeCode: state.stripeCode, attemptId };
      case 'requested':
        return { outcome: 'unknown', cause: state.open.cause ?? 'attemptInProgress', attemptId };
      case 'unasked':
        return { outcome: 'unknown', cause: 'attemptInProgress', attemptId };
      default:
        return state satisfies never;
    }
  }
}

function setup(
  streams: SetupStreams,
  gateway: PaymentMethodGateway,
): RequestKind<SetupState, SetupEvent, BeginSetup, SetupAnswer> {
  return {
    streams,
    decide: decideBeginSetup,
    open: (state) => (state.status === 'requested' ? { ...state.open, ...state.wish } : null),
    send: (request, options) => gateway.createSetupIntent(request, options),
    // A SetupIntent whose id never arrived cannot be looked up; under its key Stripe names it again.
    look: async () => null,
    conclude: decideSetupOutcome,
  };
}
