import { isInFlight } from '../../domain/attempts.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import type { AttachmentProtocol } from '../protocol/attachmentProtocol.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { parseReconcile } from '../commands/commands.ts';
import type { Detaching } from './detach.ts';
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

  constructor(parts: UseCaseParts, protocol: AttachmentProtocol, detaching: Detaching) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.#detaching = detaching;
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
    return resultOf((await followClone(streams, settled)).state, paymentMethodId);
  }

  /** Settles what a stream has open, and answers how the payment method stands. What is probably in flight is left alone. */
  async settle(stream: string, contextOf: ContextOfAttempt, options: CallOptions): Promise<PaymentMethodState> {
    const { clock, policy, streams } = this.#parts;
    const loaded = await streams.paymentMethods.load(stream);
    const { state } = loaded;
    const mayResume = isOpen(state) && !isInFlight(state, clock.now().toISOString(), policy);
    const attached = mayResume
      ? await this.#protocol.resume(loaded, true, contextOf(state.attempt.attemptId), options)
      : loaded;
    const { detachment } = attached.state;
    if (detachment === null) return attached.state;
    return (await this.#detaching.settle(attached, contextOf(detachment.attemptId), options)).state;
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
