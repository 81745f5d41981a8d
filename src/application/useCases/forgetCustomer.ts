import { decideForgotten } from '../../domain/customerDecisions.ts';
import type { CustomerReference } from '../../domain/identifiers.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { CustomerStreams } from '../events/streams.ts';
import { customerStreamName } from '../events/streams.ts';
import type { EventStore } from '../ports/eventStore.ts';
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
  readonly #store: Pick<EventStore, 'encrypts' | 'trail'>;

  constructor(streams: CustomerStreams, keys: KeyProvider | undefined, store: Pick<EventStore, 'encrypts' | 'trail'>) {
    this.#streams = streams;
    this.#keys = keys;
    this.#store = store;
  }

  /** Again, it destroys again: a key that came back with a restored backup goes too. */
  async forget(customer: CustomerReference, context: KnownContext): Promise<ForgetCustomerResult> {
    await this.#keysOf(customer).destroy(customer.id);
    const { recorded } = await recordSeen(this.#streams, customerStreamName(customer.id), context, (state) =>
      decideForgotten(customer, state),
    );
    return { outcome: recorded.length > 0 ? 'forgotten' : 'alreadyForgotten', customer };
  }

  /** Nothing may say forgotten of what stands in the trail in the clear, or under another key. */
  #keysOf({ id }: CustomerReference): KeyProvider {
    const { encrypts = [], trail } = this.#store;
    if (this.#keys === undefined) throw refused(id, 'there are no keys');
    if (encrypts.length === 0) throw refused(id, 'the event store encrypts nothing');
    if (trail !== undefined && trail !== this.#keys.trail) throw refused(id, `the keys are not of trail ${trail}`);
    return this.#keys;
  }
}

function refused(customer: string, problem: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'INVALID_OPTIONS',
    `${customer} cannot be forgotten: ${problem}. Give PaymentMethods an EncryptingEventStore, and its keys.`,
    { details: { customer } },
  );
}
