import type { UnknownCause } from '../../domain/evidence.ts';
import type { SetupAnswer } from '../../domain/gatewayAnswers.ts';
import type { AttemptId, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import type { SetupEvent, SetupRejectionReason, SetupState, SetupWish } from '../../domain/setup.ts';
import type { BeginSetup } from '../../domain/setupDecisions.ts';
import { decideBeginSetup, decideSetupOutcome, decideSetupSucceeded, isSameWish } from '../../domain/setupDecisions.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import { recordDecision } from '../protocol/recordDecision.ts';
import type { Ran, RequestKind } from '../protocol/requestKind.ts';
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
      /** `canceled`: the SetupIntent was canceled since; `attemptIdReused`: the attempt's id stands for another wish */
      readonly reason: SetupRejectionReason | 'canceled' | 'attemptIdReused';
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
    return this.#result(wish, ran, context, options);
  }

  /** Settles a request that was left open, and answers how the setup stands. */
  async settle(stream: string, contextOf: ContextOfAttempt, options: CallOptions): Promise<SetupState> {
    const seen = await this.#parts.streams.setups.load(stream);
    if (seen.state.status !== 'requested') return seen.state;
    const { attemptId } = seen.state.wish;
    return (await this.#protocol.settle(seen, newKey(this.#parts), contextOf(attemptId), options)).seen.state;
  }

  async #result(
    wish: SetupWish,
    { seen: { state }, answer }: Ran<SetupState, SetupAnswer>,
    context: KnownContext,
    options: CallOptions,
  ): Promise<SetupResult> {
    const { attemptId } = wish;
    if (state.status === 'unasked') throw new TypeError(`setup ${attemptId} was asked for, and is not in the trail`);
    if (!isSameWish(state.wish, wish)) {
      return { outcome: 'rejected', reason: 'attemptIdReused', stripeCode: null, attemptId };
    }
    switch (state.status) {
      case 'begun': {
        const { setupIntentId } = state;
        if (answer?.answer !== 'created') return this.#lookedUp(wish, setupIntentId, context, options);
        return { outcome: 'begun', setupIntentId, clientSecret: answer.setupIntent.clientSecret, attemptId };
      }
      case 'succeeded': {
        const { setupIntentId, paymentMethodId } = state;
        return { outcome: 'succeeded', setupIntentId, paymentMethodId, attemptId };
      }
      case 'rejected':
        return { outcome: 'rejected', reason: state.reason, stripeCode: state.stripeCode, attemptId };
      case 'requested':
        return { outcome: 'unknown', cause: state.open.cause ?? 'attemptInProgress', attemptId };
      default:
        return state satisfies never;
    }
  }

  /** A setup that was begun before, as Stripe has it now: its webhook may be late, and it may be canceled. */
  async #lookedUp(
    { attemptId, customer }: SetupWish,
    setupIntentId: SetupIntentId,
    context: KnownContext,
    options: CallOptions,
  ): Promise<SetupResult> {
    const { gateway, streams } = this.#parts;
    const look = await gateway.lookUpSetupIntent(setupIntentId, { ...options, expected: customer });
    if (look.look !== 'found') {
      return { outcome: 'unknown', cause: look.look === 'unknown' ? look.cause : 'unexpectedAnswer', attemptId };
    }
    const { status, clientSecret, paymentMethodId } = look.setupIntent;
    if (status === 'canceled') return { outcome: 'rejected', reason: 'canceled', stripeCode: null, attemptId };
    if (status !== 'succeeded' || paymentMethodId === null) {
      return { outcome: 'begun', setupIntentId, clientSecret, attemptId };
    }
    const success = { attemptId, setupIntentId, paymentMethodId, customer };
    await recordDecision(streams.setups, setupStreamName(attemptId), context, (state) =>
      decideSetupSucceeded(success, look.evidence, state),
    );
    return { outcome: 'succeeded', setupIntentId, paymentMethodId, attemptId };
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
    mayBeUndone: false,
    // A SetupIntent whose id never arrived cannot be looked up; under its key Stripe names it again.
    look: async () => null,
    conclude: decideSetupOutcome,
  };
}
