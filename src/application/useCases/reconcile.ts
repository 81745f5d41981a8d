import { isInFlight, wishedDefault } from '../../domain/attempts.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import { lookAfter } from '../protocol/lookAfter.ts';
import type { AttachmentProtocol } from '../protocol/attachmentProtocol.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { parseReconcile } from '../commands/commands.ts';
import type { Detaching } from './detach.ts';
import type { SetDefaultResult, SettingDefaults } from './setDefault.ts';
import { thenSetAsDefault } from './thenSetAsDefault.ts';
import { followClone } from './followClone.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import type { ReconcileResult } from './results.ts';
import { resultOf } from './results.ts';
import type { SeenPaymentMethod } from '../events/streams.ts';
import { streamName } from '../events/streams.ts';
import type { ContextOfAttempt, UseCaseParts } from './useCaseParts.ts';

type Asked = ReturnType<typeof parseReconcile>;

/** Turns unknown outcomes into known ones by looking. */
export class Reconciling {
  readonly #parts: UseCaseParts;
  readonly #protocol: AttachmentProtocol;
  readonly #detaching: Detaching;
  readonly #settingDefaults: SettingDefaults;

  constructor(
    parts: UseCaseParts,
    protocol: AttachmentProtocol,
    detaching: Detaching,
    settingDefaults: SettingDefaults,
  ) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.#detaching = detaching;
    this.#settingDefaults = settingDefaults;
  }

  async reconcile(asked: Asked, options: CallOptions): Promise<ReconcileResult> {
    const { paymentMethodId, attemptId } = asked;
    const streams = this.#parts.streams.paymentMethods;
    const loaded = await streams.load(streamName(paymentMethodId, attemptId));
    const attached = await this.#attachment(loaded, asked, options);
    const { detachment } = attached.state;
    const settled =
      detachment === null
        ? attached
        : await this.#detaching.settle(attached, contextOf(asked, detachment.attemptId), options);
    const own = await followClone(streams, settled);
    const isSettledNow = settled !== loaded;
    const { state } = isSettledNow ? own : await this.#attached(own, asked, options);
    const result = resultOf(state, paymentMethodId);
    const wish = wishedDefault(settled.state);
    if (result.outcome !== 'attached' || wish === null) return result;
    const context = contextOf(asked, wish.attemptId);
    return thenSetAsDefault(result, wish, () => this.#settingDefaults.setDefault(wish, context, options));
  }

  /** The trail may have missed what became of an attached one: a detachment by hand, a customer that was deleted. */
  async #attached(seen: SeenPaymentMethod, asked: Asked, options: CallOptions): Promise<SeenPaymentMethod> {
    const { state } = seen;
    if (state.status !== 'attached' || state.detachment !== null) return seen;
    const { streams, gateway } = this.#parts;
    const id = state.paymentMethodId;
    const context = contextOf(asked, state.attemptId ?? id);
    return (await lookAfter({ streams: streams.paymentMethods, gateway }, seen, { id }, context, options)).seen;
  }

  /**
   * Settles what a stream has open, with the default that an attach wished for, and answers how the payment method stands.
   * What is probably in flight is left alone.
   */
  async settle(stream: string, contextOf: ContextOfAttempt, options: CallOptions): Promise<PaymentMethodState> {
    const { clock, policy, streams } = this.#parts;
    const loaded = await streams.paymentMethods.load(stream);
    const { state } = loaded;
    const mayResume = isOpen(state) && !isInFlight(state, clock.now().toISOString(), policy);
    const attached = mayResume
      ? await this.#protocol.resume(loaded, true, contextOf(state.attempt.attemptId), options)
      : loaded;
    const { detachment } = attached.state;
    if (detachment !== null) {
      return (await this.#detaching.settle(attached, contextOf(detachment.attemptId), options)).state;
    }
    const wish = wishedDefault(attached.state);
    if (wish !== null) await this.#settingDefaults.setDefault(wish, contextOf(wish.attemptId), options);
    return attached.state;
  }

  /** Asks for the default that an attach wished for; null where it wishes for none any more. */
  async carryOutWish(
    stream: string,
    contextOf: ContextOfAttempt,
    options: CallOptions,
  ): Promise<SetDefaultResult | null> {
    const wish = wishedDefault((await this.#parts.streams.paymentMethods.load(stream)).state);
    return wish && this.#settingDefaults.setDefault(wish, contextOf(wish.attemptId), options);
  }

  async #attachment(seen: SeenPaymentMethod, asked: Asked, options: CallOptions): Promise<SeenPaymentMethod> {
    const { state } = seen;
    if (isOpen(state)) {
      const mayAsk = !isInFlight(state, this.#parts.clock.now().toISOString(), this.#parts.policy);
      return this.#protocol.resume(seen, mayAsk, contextOf(asked, state.attempt.attemptId), options);
    }
    if (state.status !== 'rejected') return seen;
    return this.#protocol.lookAgain(seen, contextOf(asked, state.last.attemptId), options);
  }
}

function contextOf({ actor, correlationId, causationId }: Asked, attemptId: string): KnownContext {
  return { actor, correlationId: correlationId ?? attemptId, causationId };
}
