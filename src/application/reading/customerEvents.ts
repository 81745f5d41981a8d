import { customerOf } from '../events/customerOf.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeEvent } from '../events/eventCodec.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';

/**
 * Picks out what happened to one customer. Some events name no customer, a detachment among them: they belong to the
 * customer that their stream named last. So the trail must be given from its beginning.
 */
export class CustomerEvents {
  readonly #customer: string;
  /** As it stands in JSON, to pass over most events without parsing them. */
  readonly #spelled: string;
  /** the streams that named this customer last */
  readonly #streams = new Set<string>();

  constructor(customer: string) {
    this.#customer = customer;
    this.#spelled = JSON.stringify(customer);
  }

  /** False of an event that is not the customer's, or says nothing of a person: without a look at what came before. */
  mayTake({ data }: RecordedEvent): boolean {
    return data.includes(this.#spelled);
  }

  /** The event, decoded, if it is the customer's; else null. Throws `EVENT_INVALID`. */
  take(recorded: RecordedEvent): TrailRecord | null {
    const isOwn = this.#streams.has(recorded.stream);
    if (!isOwn && !this.mayTake(recorded)) return null;
    const record = decodeEvent(recorded);
    const named = customerOf(record.event);
    if (named === null) return isOwn ? record : null;
    // What was refused leaves the payment method whose it was.
    if (record.event.type !== 'AttachmentRefused') {
      if (named === this.#customer) this.#streams.add(recorded.stream);
      else this.#streams.delete(recorded.stream);
    }
    return named === this.#customer ? record : null;
  }
}
