import type { TrailRecord } from '../../src/application/events/eventCodec.ts';
import { decodeEvent } from '../../src/application/events/eventCodec.ts';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { CustomerEvent, CustomerState } from '../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../src/domain/customer.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import { evolve, initialState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import type { SetupEvent, SetupState } from '../../src/domain/setup.ts';
import { evolveSetup, initialSetup } from '../../src/domain/setup.ts';

type Seen<Recorded, State> = { readonly records: readonly Recorded[]; readonly state: State };

export type PaymentMethodRecorded = TrailRecord<PaymentMethodEvent>;
export type CustomerRecorded = TrailRecord<CustomerEvent>;
type SetupRecorded = TrailRecord<SetupEvent>;

/** One payment method's stream: its events, and where they leave it. */
export type SeenStream = Seen<PaymentMethodRecorded, PaymentMethodState>;

/** One customer's stream: its events, and where they leave it. */
export type SeenCustomer = Seen<CustomerRecorded, CustomerState>;

/** One setup's stream: its events, and where they leave it. */
export type SeenSetup = Seen<SetupRecorded, SetupState>;

export const streamPrefix = 'paymentMethod-';
const customerPrefix = 'customer-';
const setupPrefix = 'setup-';

const known = new WeakMap<RecordedEvent, TrailRecord>();

/** A recorded event never changes, so each is decoded once. */
export function decoded(trail: readonly RecordedEvent[]): readonly TrailRecord[] {
  return trail.map((recorded) => {
    const before = known.get(recorded);
    if (before !== undefined) return before;
    const record = decodeEvent(recorded);
    known.set(recorded, record);
    return record;
  });
}

export function isOfPaymentMethod(record: TrailRecord): record is PaymentMethodRecorded {
  return record.stream.startsWith(streamPrefix);
}

/** By their whole names: those of test aliases are told apart by their attempts. */
export function streamsOf(records: readonly TrailRecord[]): ReadonlyMap<string, SeenStream> {
  return folded(records.filter(isOfPaymentMethod), '', { state: initialState, evolve });
}

/** By the customers' ids. */
export function customersOf(records: readonly TrailRecord[]): ReadonlyMap<string, SeenCustomer> {
  const isOfCustomer = (record: TrailRecord): record is CustomerRecorded => record.stream.startsWith(customerPrefix);
  return folded(records.filter(isOfCustomer), customerPrefix, { state: initialCustomer, evolve: evolveCustomer });
}

/** By the attempts' ids. */
export function setupsOf(records: readonly TrailRecord[]): ReadonlyMap<string, SeenSetup> {
  const isOfSetup = (record: TrailRecord): record is SetupRecorded => record.stream.startsWith(setupPrefix);
  return folded(records.filter(isOfSetup), setupPrefix, { state: initialSetup, evolve: evolveSetup });
}

export function millisecondsOf({ recordedAt }: { readonly recordedAt: string }): number {
  return Math.floor(Date.parse(recordedAt));
}

function folded<Event extends TrailRecord['event'], State>(
  records: readonly TrailRecord<Event>[],
  prefix: string,
  { state: initial, evolve: next }: { readonly state: State; readonly evolve: (state: State, event: Event) => State },
): ReadonlyMap<string, Seen<TrailRecord<Event>, State>> {
  const streams = new Map<string, { records: TrailRecord<Event>[]; state: State }>();
  for (const record of records) {
    const name = record.stream.slice(prefix.length);
    const seen = streams.get(name) ?? { records: [], state: initial };
    seen.records.push(record);
    seen.state = next(seen.state, record.event);
    streams.set(name, seen);
  }
  return streams;
}
