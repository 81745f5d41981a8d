import type { Evidence } from '../../domain/evidence.ts';
import type { CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import type { Recording } from '../../domain/decisions.ts';
import { decideAttribution } from '../../domain/decisions.ts';
import { decideCustomerDeleted } from '../../domain/customerDecisions.ts';
import { decideObservedAttachment, decideObservedDetachment } from '../../domain/observations.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import type { SetupWish } from '../../domain/setup.ts';
import { decideSetupSucceeded, isOurSetup } from '../../domain/setupDecisions.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { Notification } from '../commands/notifications.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import { lookAfter } from '../protocol/lookAfter.ts';
import { recordDecision } from '../protocol/recordDecision.ts';
import { uncompared } from '../protocol/uncompared.ts';
import type { SeenPaymentMethod } from '../events/streams.ts';
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
    const seen = await this.#parts.streams.paymentMethods.load(streamName(id, undefined));
    return this.#look(seen, { id }, context, options);
  }

  /**
   * The SetupIntent names the payment method alone: whom it is attached to is looked up, where the trail does not know. The
   * attachment is recorded before the success, so that a crash between them leaves nothing out: it comes again.
   */
  async #setupSucceeded(
    success: SetupSucceeded,
    evidence: Evidence,
    context: KnownContext,
    options: CallOptions,
  ): Promise<IngestResult> {
    const { attemptId, paymentMethodId } = success;
    if (attemptId === null) return this.#attachedBySetup(paymentMethodId, null, evidence, context, options);
    const { setups } = this.#parts.streams;
    const { state } = await setups.load(setupStreamName(attemptId));
    const ours = { ...success, attemptId };
    const setup = state.status !== 'unasked' && isOurSetup(ours, state) ? state.wish : null;
    const attached = await this.#attachedBySetup(paymentMethodId, setup, evidence, context, options);
    if (setup === null) return attached;
    const recorded = await recordDecision(setups, setupStreamName(attemptId), context, (now) =>
      decideSetupSucceeded(ours, evidence, now),
    );
    return { recorded: attached.recorded || recorded };
  }

  async #attachedBySetup(
    id: PaymentMethodId,
    setup: SetupWish | null,
    evidence: Evidence,
    context: KnownContext,
    options: CallOptions,
  ): Promise<IngestResult> {
    const seen = await this.#parts.streams.paymentMethods.load(streamName(id, undefined));
    const { status } = seen.state;
    if (status !== 'attached' && status !== 'detached') return this.#look(seen, { id, setup }, context, options);
    if (setup === null) return { recorded: false };
    const found = { paymentMethodId: id, attemptId: setup.attemptId, clonedFrom: null, evidence };
    return this.#onPaymentMethod(id, context, (state) => decideAttribution(found, state));
  }

  async #look(
    seen: SeenPaymentMethod,
    asked: { readonly id: PaymentMethodId; readonly setup?: SetupWish | null },
    context: KnownContext,
    options: CallOptions,
  ): Promise<IngestResult> {
    const { streams, gateway } = this.#parts;
    const parts = { streams: streams.paymentMethods, gateway };
    const looked = await lookAfter(parts, seen, asked, context, options);
    const { look, recorded } = looked;
    if (look.look === 'unknown') throw notLookedUp(asked.id, look.cause);
    if (look.look === 'notFound') throw notLookedUp(asked.id, look.look);
    // It comes again, and by then they may open: nothing else would tell of a change of these fields alone.
    const unopened = uncompared(looked);
    if (unopened !== null) throw unopened.error;
    return { recorded: recorded.length > 0 };
  }

  async #customerDeleted(customerId: CustomerId, evidence: Evidence, context: KnownContext): Promise<IngestResult> {
    const { customers } = this.#parts.streams;
    const recorded = await recordDecision(customers, customerStreamName(customerId), context, (state) =>
      decideCustomerDeleted(customerId, evidence, state),
    );
    return { recorded };
  }

  async #onPaymentMethod(
    id: PaymentMethodId,
    context: KnownContext,
    decide: (state: PaymentMethodState) => Recording,
  ): Promise<IngestResult> {
    const { paymentMethods } = this.#parts.streams;
    return { recorded: await recordDecision(paymentMethods, streamName(id, undefined), context, decide) };
  }
}

function notLookedUp(paymentMethodId: PaymentMethodId, cause: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `Stripe told of ${paymentMethodId}, and looking it up brought nothing (${cause}); nothing was recorded. Let Stripe deliver the notification again: answer it with a 500. Where it is notFound, see whether the gateway's key is of the account and mode that the webhook is of.`,
    { details: { paymentMethodId, cause } },
  );
}
