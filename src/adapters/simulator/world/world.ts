import { Collection } from './collection.ts';
import type {
  CustomerRecord,
  EventRecord,
  Owner,
  PaymentIntentRecord,
  PaymentMethodRecord,
  SetupIntentRecord,
  WebhookEndpointRecord,
} from './records.ts';
import { ownerKey } from './records.ts';

export type WorldOptions = {
  readonly accountId: string;
  readonly livemode: boolean;
  /** the platform this account is connected to; null for the platform's own */
  readonly platformId: string | null;
  /** how many events are kept, at most */
  readonly eventsKept: number;
  /** hears of every event, once it is kept */
  readonly announce: (event: EventRecord, world: World) => void;
};

const eventsLastSeconds = 30 * 24 * 60 * 60;

/** All that one account holds in one mode, live or test. Records are replaced, never changed. */
export class World {
  readonly accountId: string;
  readonly livemode: boolean;
  readonly platformId: string | null;
  readonly customers = new Collection<CustomerRecord, 'email'>({ email: (one) => (one.deleted ? null : one.email) });
  /** the accounts that act as customers; each with the customer that it is as well, null where it is none */
  readonly customerAccounts = new Map<string, string | null>();
  readonly paymentMethods = new Collection<PaymentMethodRecord, 'owner'>({ owner: keyOfOwner });
  readonly setupIntents = new Collection<SetupIntentRecord, 'owner' | 'paymentMethod'>({
    owner: keyOfOwner,
    paymentMethod: (one) => one.paymentMethodId,
  });
  readonly paymentIntents = new Collection<PaymentIntentRecord, 'owner'>({ owner: keyOfOwner });
  readonly events = new Collection<EventRecord, 'type'>({ type: (one) => one.type });
  readonly webhookEndpoints = new Collection<WebhookEndpointRecord>({});
  readonly #eventsKept: number;
  readonly #announce: WorldOptions['announce'];

  constructor({ accountId, livemode, platformId, eventsKept, announce }: WorldOptions) {
    this.#eventsKept = eventsKept;
    this.accountId = accountId;
    this.livemode = livemode;
    this.platformId = platformId;
    this.#announce = announce;
  }

  /** The customer, unless there is none or it was deleted. */
  customer(id: string): CustomerRecord | undefined {
    const record = this.customers.get(id);
    return record?.deleted === true ? undefined : record;
  }

  /** Who is meant: one who is a customer and an account is the same by either name, and kept as the customer. */
  ownerOf(named: Owner): Owner {
    const customer = named.kind === 'customerAccount' ? (this.customerAccounts.get(named.id) ?? null) : null;
    return customer === null ? named : { kind: 'customer', id: customer };
  }

  /** Keeps an event for thirty days, and announces it. */
  keepEvent(event: EventRecord): void {
    for (let old = this.events.oldest; old !== undefined && this.#isPast(old, event); old = this.events.oldest) {
      this.events.delete(old.id);
    }
    this.events.put(event);
    this.#announce(event, this);
  }

  #isPast(old: EventRecord, event: EventRecord): boolean {
    return old.created <= event.created - eventsLastSeconds || this.events.size >= this.#eventsKept;
  }
}

function keyOfOwner({ owner }: Pick<PaymentMethodRecord, 'owner'>): string | null {
  return owner === null ? null : ownerKey(owner);
}
