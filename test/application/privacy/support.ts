import { aesFieldCipher } from '../../../src/adapters/privacy/aesFieldCipher.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { randomIds, systemTimers } from '../../../src/adapters/system/system.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { paymentMethodCodec } from '../../../src/application/events/eventCodec.ts';
import type { EventStore, NewEvent } from '../../../src/application/ports/eventStore.ts';
import type { KeyFound, KeyProvider } from '../../../src/application/ports/keyProvider.ts';
import { EncryptingEventStore } from '../../../src/application/privacy/encryptingEventStore.ts';
import type { EncryptedGroup } from '../../../src/application/privacy/fieldPolicy.ts';
import type { CustomerId, CustomerReference } from '../../../src/domain/identifiers.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import type { BillingDetails } from '../../../src/domain/paymentMethodSummary.ts';
import { aPaymentMethod, attached } from '../../domain/given.ts';
import { aMonolith } from '../support.ts';

export const ana = 'cus_Ana' as CustomerId;
export const ben = 'cus_Ben' as CustomerId;
export const referenceTo = (id: CustomerId): CustomerReference => ({ kind: 'customer', id });

const allGroups: readonly EncryptedGroup[] = ['billingDetails', 'card', 'fingerprint'];
export const stream = 'paymentMethod-pm_1';

export const billingDetails: BillingDetails = {
  name: 'Ana Canário',
  email: 'ana@canary.example',
  phone: '+351 555 0100',
  address: { line1: 'Rua 1', line2: null, postalCode: '1000-001', city: 'Lisboa', state: null, country: 'PT' },
};

/** What must not be found anywhere in the clear. */
export const personalTexts = [
  'Ana Canário',
  'ana@canary',
  '555 0100',
  'Rua 1',
  '1000-001',
  'Lisboa',
  '4242',
  'mToisGZ',
];

/** A trail in memory, as it is stored, and the same through the keys of its customers. */
export function anEncryptedTrail({
  groups = allGroups,
  stored = new InMemoryEventStore(),
  keys = new InMemoryKeyProvider({ trail: stored.trail }),
}: {
  groups?: readonly EncryptedGroup[];
  stored?: EventStore;
  keys?: KeyProvider;
} = {}) {
  const through = (provider: KeyProvider) =>
    new EncryptingEventStore({ eventStore: stored, keys: provider, cipher: aesFieldCipher, encrypts: groups });
  return { stored, keys, through, store: through(keys) };
}

/** Keys that are as they are. */
export function keysOf(trail: string, found: Readonly<Record<string, KeyFound>>): KeyProvider {
  return {
    trail,
    obtain: async (customer) => {
      const key = found[customer];
      return key?.status === 'readable' ? key : null;
    },
    read: async (customers) => new Map(Object.entries(found).filter(([id]) => customers.some((one) => one === id))),
    destroy: async () => {},
  };
}

/** A store as a host may wrap it, with some of its calls replaced. */
export function wrapped(store: EventStore, parts: Partial<EventStore> = {}): EventStore {
  return {
    trail: store.trail,
    encrypts: store.encrypts,
    append: (appends) => store.append(appends),
    readStream: (...args) => store.readStream(...args),
    readTrail: (...args) => store.readTrail(...args),
    readHead: () => store.readHead(),
    close: () => store.close(),
    ...parts,
  };
}

export function encoded(event: PaymentMethodEvent, eventId: string = randomIds.next()): NewEvent {
  return paymentMethodCodec.encode(event, eventId, { actor: 'user-7', correlationId: 'a', causationId: null });
}

export const anAttachedEvent = (part: Parameters<typeof attached>[0] = {}) => attached({ billingDetails, ...part });

export function appendTo(store: EventStore, event: NewEvent, expectedVersion = 0, to = stream) {
  return store.append([{ stream: to, expectedVersion, events: [event] }]);
}

export const wish = { paymentMethodId: 'pm_1', customer: ana, actor: 'user-7' };

/** A monolith whose trail is encrypted, with a payment method attached. */
export async function anEncryptedMonolith() {
  const monolith = aMonolith();
  const trail = anEncryptedTrail({ stored: monolith.store, groups: ['card', 'fingerprint'] });
  const parts = { eventStore: trail.store, stored: trail.stored, keys: trail.keys, timers: systemTimers };
  const paymentMethods = monolith.process(parts);
  await paymentMethods.attach(wish);
  return { ...monolith, ...trail, parts, paymentMethods };
}

export const card = aPaymentMethod().card;
export const redactedCard = {
  ...card,
  last4: 'redacted',
  expMonth: 'redacted',
  expYear: 'redacted',
  fingerprint: 'redacted',
};

export const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'The KeyWrapper did not answer.');
export const unreadable = new PaymentMethodsError('KEY_UNREADABLE', 'Master key m1 is not among those given.');

/** Keys of which some fail, as long as that is set; with the customers whose keys were asked for. */
function failing(keys: KeyProvider) {
  const fault: { all: Error | null; ofAna: Error | null } = { all: null, ofAna: null };
  const asked: string[] = [];
  const provider: KeyProvider = {
    trail: keys.trail,
    destroy: (customer) => keys.destroy(customer),
    obtain: async (customer) => {
      const error = fault.all ?? (customer === ana ? fault.ofAna : null);
      if (error !== null) throw error;
      return keys.obtain(customer);
    },
    read: async (customers) => {
      asked.push(...customers);
      if (fault.all !== null) throw fault.all;
      const found = new Map<string, KeyFound>(await keys.read(customers));
      if (fault.ofAna !== null && found.has(ana)) found.set(ana, { status: 'unreadable', error: fault.ofAna });
      return found;
    },
  };
  return { fault, asked, provider };
}

/** Ana has pm_1, Ben has pm_2, and the keys of both may fail. */
export async function aMonolithOfTwo() {
  const monolith = await anEncryptedMonolith();
  await monolith.paymentMethods.attach({ ...wish, paymentMethodId: 'pm_2', customer: ben });
  const { provider, ...faults } = failing(monolith.keys);
  const store = anEncryptedTrail({ stored: monolith.stored, keys: provider, groups: ['card', 'fingerprint'] }).store;
  const parts = { ...monolith.parts, eventStore: store, keys: provider };
  return { ...monolith, ...faults, store, parts, paymentMethods: monolith.process(parts) };
}
