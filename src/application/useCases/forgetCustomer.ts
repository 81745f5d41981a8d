import { decideForgotten } from '../../domain/customerDecisions.ts';
import type { CustomerReference } from '../../domain/identifiers.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { CustomerStreams } from '../events/streams.ts';
import { customerStreamName } from '../events/streams.ts';
import type { KeyProvider } from '../ports/keyProvider.ts';
import { recordSeen } from '../sweep/recordSeen.ts';

/** `alreadyForgotten`: the trail said so before; whatever key there was is destroyed in either case. */
export type ForgetCustomerResult = {
  readonly outcome: 'forgotten' | 'alreadyForgotten';
  readonly customer: CustomerReference;
};

/** Destroys a customer's key, then records it: a trail that says forgotten never has a key to it. */
export class Forgetting {
  readonly #streams: CustomerStreams;
  readonly #keys: KeyProvider | undefined;

  constructor(streams: CustomerStreams, keys: KeyProvider | undefined) {
    this.#streams = streams;
    this.#keys = keys;
  }

  /** Again, it destroys again: a key that came back with a restored backup goes too. */
  async forget(customer: CustomerReference, context: KnownContext): Promise<ForgetCustomerResult> {
    if (this.#keys === undefined) {
      throw new PaymentMethodsError(
        'INVALID_OPTIONS',
        `There are no keys, so ${customer.id} cannot be forgotten: give PaymentMethods the keys that its EncryptingEventStore has. See docs/privacy.md.`,
      );
    }
    await this.#keys.destroy(customer.id);
    const { recorded } = await recordSeen(this.#streams, customerStreamName(customer.id), context, (state) =>
      decideForgotten(customer, state),
    );
    return { outcome: recorded.length > 0 ? 'forgotten' : 'alreadyForgotten', customer };
  }
}
