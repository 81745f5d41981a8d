import type { Evidence } from '../../domain/evidence.ts';
import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import { decideCustomerDeleted } from '../../domain/customerDecisions.ts';
import { decideObservedAttachment, decideObservedDetachment, decideUpdate } from '../../domain/observations.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { decideSetupSucceeded } from '../../domain/setupDecisions.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { EventStreams, SeenStream } from '../events/eventStreams.ts';
import type { Notification } from '../commands/notifications.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import { contention, maxRounds } from '../protocol/rounds.ts';
import { customerStreamName, setupStreamName, streamName } from '../events/streams.ts';
import type { UseCaseParts } from './useCaseParts.ts';

/** What became of a notification: `recorded` where it told the trail something new. */
export type IngestResult = { readonly recorded: boolean };

type Parts = Pick<UseCaseParts, 'streams'> & { readonly gateway: Pick<UseCaseParts['gateway'], 'lookUp'> };

type SetupSucceeded = Extract<Notification, { type: 'setupSucceeded' }>;

/**
 * Takes what Stripe tells of itself into the trail: in any order, any number of times. What the trail knows already leaves
 * no event, and what the notification cannot prove by itself is looked up.
 */
export class Ingesting {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `source` is how Stripe told of it: by itself, or asked by a sweep. */
  async ingest(
    notification: Notification,
    source: 'webhook' | 'sweep',
    actor: string,
    options: CallOptions,
  ): Promise<IngestResult> {
    const { notificationId } = notification;
    const context = { actor, correlationId: notificationId, causationId: notificationId };
    const evidence: Evidence = { source, requestId: notification.requestId, tries: [] };
    switch (notification.type) {
      case 'paymentMethodAttached':
        return this.#onPaymentMethod(notification.paymentMethod.paymentMethodId, context, (state) =>
          decideObservedAttachment({ ...notification, attemptId: null, evidence }, state),
        );
      case 'paymentMethodDetached':
        return this.#onPaymentMethod(notification.paymentMethod.paymentMethodId, context, (state) =>
          decideObservedDetachment({ ...notification, evidence }, state),
        );
      case 'paymentMethodUpdated':
        return this.#update(notification.paymentMethodId, context, options);
      case 'setupSucceeded':
        return this.#setupSucceeded(notification, evidence, context, options);
      case 'customerDeleted':
        return this.#customerDeleted(notification.customerId, evidence, context);
      case 'other':
        return { recorded: false };
      default:
        return notification satisfies never;
    }
  }

  /** Notifications come in any order, so an update is taken from Stripe as it is now, not from the notification. */
  async #update(id: PaymentMethodId, context: KnownContext, options: CallOptions): Promise<IngestResult> {
    const { evidence, ...look } = await this.#parts.gateway.lookUp(id, options);
    if (look.look === 'unknown') throw notLookedUp(id, look.cause);
    if (look.look === 'notFound') return { recorded: false };
    return this.#onPaymentMethod(id, context, (state) => decideUpdate(look.paymentMethod, evidence, state));
  }

  /** The SetupIntent names the payment method alone: whom it is attached to is looked up, where the trail does not know. */
  async #setupSucceeded(
    success: SetupSucceeded,
    evidence: Evidence,
    context: KnownContext,
    options: CallOptions,
  ): Promise<IngestResult> {
    const { attemptId, setupIntentId, paymentMethodId } = success;
    const attached = await this.#attachedBySetup(paymentMethodId, attemptId, context, options);
    if (attemptId === null) return attached;
    const data = { attemptId, setupIntentId, paymentMethodId, evidence };
    const known = await this.#record(this.#parts.streams.setups, setupStreamName(attemptId), context, (state) =>
      decideSetupSucceeded(data, state),
    );
    return { recorded: attached.recorded || known.recorded };
  }

  async #attachedBySetup(
    id: PaymentMethodId,
    attemptId: AttemptId | null,
    context: KnownContext,
    options: CallOptions,
  ): Promise<IngestResult> {
    const { state } = await this.#parts.streams.paymentMethods.load(streamName(id, undefined));
    if (state.status === 'attached' || state.status === 'detached') return { recorded: false };
    const { evidence, ...look } = await this.#parts.gateway.lookUp(id, options);
    if (look.look === 'unknown') throw notLookedUp(id, look.cause);
    // Detached again, or gone, by now: its own notifications tell of that.
    if (look.look === 'notFound' || look.paymentMethod.customer === null) return { recorded: false };
    const { customer } = look.paymentMethod;
    const paymentMethod = { ...look.paymentMethod, customer };
    return this.#onPaymentMethod(id, context, (now) =>
      decideObservedAttachment({ paymentMethod, idempotencyKey: null, attemptId, evidence }, now),
    );
  }

  #customerDeleted(customerId: CustomerId, evidence: Evidence, context: KnownContext): Promise<IngestResult> {
    const { customers } = this.#parts.streams;
    return this.#record(customers, customerStreamName(customerId), context, (state) =>
      decideCustomerDeleted(customerId, evidence, state),
    );
  }

  #onPaymentMethod(
    id: PaymentMethodId,
    context: KnownContext,
    decide: (state: PaymentMethodState) => ReturnType<typeof decideUpdate>,
  ): Promise<IngestResult> {
    return this.#record(this.#parts.streams.paymentMethods, streamName(id, undefined), context, decide);
  }

  async #record<State, Event extends { readonly type: string; readonly data: unknown }>(
    streams: EventStreams<State, Event>,
    name: string,
    context: KnownContext,
    decide: (state: State) => { readonly events: readonly Event[] },
  ): Promise<IngestResult> {
    let seen: SeenStream<State> = streams.unseen(name);
    for (let round = 1; round <= maxRounds; round += 1) {
      const { events } = decide(seen.state);
      if (events.length === 0 && round > 1) return { recorded: false };
      if (events.length === 0) seen = await streams.load(name);
      else {
        const result = await streams.save([{ seen, events }], context);
        if (result.saved) return { recorded: true };
        seen = result.streams[0] ?? seen;
      }
    }
    throw contention(name);
  }
}

function notLookedUp(paymentMethodId: PaymentMethodId, cause: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `Stripe told of ${paymentMethodId}, and looking it up brought nothing (${cause}); nothing was recorded. Let Stripe deliver the notification again: answer it with a 500.`,
    { details: { paymentMethodId, cause } },
  );
}
