import type { CustomerReference } from '../../domain/identifiers.ts';
import type { CustomerState } from '../../domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../domain/customer.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { customerCodec, decodeEvent } from '../events/eventCodec.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';
import type { CustomerPaymentMethods } from '../readModels/paymentMethodsByCustomer.ts';
import { paymentMethodsByCustomer, withoutPaymentMethods } from '../readModels/paymentMethodsByCustomer.ts';
import type { Projections } from '../readModels/projections.ts';
import { projected } from '../readModels/projection.ts';
import { CustomerEvents } from './customerEvents.ts';
import type { TrailSource } from './trailSource.ts';

/** A customer as it stood behind a position of the trail. */
export type CustomerAsOf = CustomerPaymentMethods & {
  readonly position: number;
  /** the version of the customer's own stream; 0 where nothing was recorded of the customer itself */
  readonly version: number;
  /** what the customer's own stream says: its defaults, and the requests for one */
  readonly state: CustomerState;
};

type Parts = { readonly eventStore: TrailSource; readonly projections: Projections | undefined };

/**
 * A customer behind a position. Folds what the read model is made of, up to there: from the streams that the read model
 * names, or, without one, from the whole trail.
 */
export async function customerBehind(
  { eventStore, projections }: Parts,
  customerId: CustomerReference['id'],
  position: number,
): Promise<CustomerAsOf> {
  const own = await readOwn(eventStore, customerId, position);
  const state = own.reduce((folded, one) => evolveCustomer(folded, customerCodec.decode(one).event), initialCustomer);
  const events =
    projections === undefined
      ? scan(eventStore, customerId, position)
      : toRecords([...own, ...(await readStreams(eventStore, projections, customerId, position))]);
  let document: CustomerPaymentMethods | undefined;
  for await (const record of events) {
    if (paymentMethodsByCustomer.keyOf(record) !== customerId) continue;
    document = projected(paymentMethodsByCustomer, document, record);
  }
  return { ...(document ?? withoutPaymentMethods(customerId)), position, version: own.at(-1)?.version ?? 0, state };
}

/** The position of the last event of the customer's own stream up to a version of it; 0 if there is none. */
export async function positionOfVersion(
  eventStore: TrailSource,
  customerId: CustomerReference['id'],
  version: number,
): Promise<number> {
  if (version === 0) return 0;
  const events = await eventStore.readStream(customerStreamName(customerId), { upToVersion: version });
  return events.at(-1)?.position ?? 0;
}

function readOwn(
  store: TrailSource,
  customerId: CustomerReference['id'],
  upToPosition: number,
): Promise<readonly RecordedEvent[]> {
  return store.readStream(customerStreamName(customerId), { upToPosition });
}

/** Of every payment method that the customer ever had to do with: the read model forgets none. */
async function readStreams(
  store: TrailSource,
  projections: Projections,
  customerId: CustomerReference['id'],
  upToPosition: number,
): Promise<readonly RecordedEvent[]> {
  const now = await projections.read(paymentMethodsByCustomer, customerId, { caughtUp: true });
  const streams = (now?.paymentMethods ?? []).map(({ paymentMethodId }) => streamName(paymentMethodId, undefined));
  return (await Promise.all(streams.map((stream) => store.readStream(stream, { upToPosition })))).flat();
}

async function* toRecords(events: readonly RecordedEvent[]): AsyncGenerator<TrailRecord, void, undefined> {
  yield* [...events].sort((one, other) => one.position - other.position).map(decodeEvent);
}

async function* scan(
  store: TrailSource,
  customerId: CustomerReference['id'],
  upTo: number,
): AsyncGenerator<TrailRecord, void, undefined> {
  const customer = new CustomerEvents(customerId);
  for await (const recorded of store.readTrail({ upTo })) {
    const record = customer.take(recorded);
    if (record !== null) yield record;
  }
}
