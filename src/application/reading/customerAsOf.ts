import type { CustomerReference } from '../../domain/identifiers.ts';
import type { CustomerState } from '../../domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../domain/customer.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { customerCodec, decodeClosed, decodeEvent } from '../events/eventCodec.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';
import type { ReadModels } from '../ports/readModels.ts';
import type { CustomerPaymentMethods } from '../readModels/paymentMethodsByCustomer.ts';
import { paymentMethodsByCustomer, withoutPaymentMethods } from '../readModels/paymentMethodsByCustomer.ts';
import type { Projections } from '../readModels/projections.ts';
import { projected } from '../readModels/projection.ts';
import { CustomerEvents } from './customerEvents.ts';
import { opensNone } from './opensNone.ts';
import type { TrailSource } from './trailSource.ts';

/** A customer as it stood behind a position of the trail. */
export type CustomerAsOf = CustomerPaymentMethods & {
  readonly position: number;
  /** the version of the customer's own stream; 0 where nothing was recorded of the customer itself */
  readonly version: number;
  /** what the customer's own stream says: its defaults, and the requests for one */
  readonly state: CustomerState;
};

type Id = CustomerReference['id'];
type Parts = { readonly eventStore: TrailSource; readonly projections: Projections | undefined };

/**
 * A customer behind a position. Folds what the read model is made of, up to there: from the streams that the read model
 * names, or, without one, from the whole trail.
 */
export async function customerBehind(
  { eventStore, projections }: Parts,
  customerId: Id,
  position: number,
): Promise<CustomerAsOf> {
  const own = await readOwn(eventStore, customerId, position);
  const state = own.reduce((folded, one) => evolveCustomer(folded, customerCodec.decode(one).event), initialCustomer);
  const now =
    projections === undefined
      ? undefined
      : await projections.read(paymentMethodsByCustomer, customerId, { caughtUp: true });
  const document =
    projections === undefined
      ? await foldAll(customerId, scan(eventStore, customerId, position))
      : await foldStreams(eventStore, customerId, now, own, position);
  return { ...(document ?? withoutPaymentMethods(customerId)), position, version: own.at(-1)?.version ?? 0, state };
}

/**
 * A customer's payment methods behind a position, from a read model of them as it stands, which is written to by nobody here:
 * what it lacks is read from the trail. Undefined where it was never built, or says nothing of the customer.
 */
export async function paymentMethodsFromModel(
  eventStore: TrailSource,
  readModels: Pick<ReadModels, 'read'>,
  customerId: Id,
  position: number,
): Promise<CustomerPaymentMethods | undefined> {
  const { name, version } = paymentMethodsByCustomer;
  const found = await readModels.read({ name, version }, customerId);
  const [kept] = found?.documents ?? [];
  if (found === null || kept === undefined) return undefined;
  // As these handlers made it: a change to what they make is a new version.
  const document = JSON.parse(kept.document) as CustomerPaymentMethods;
  if (found.position > position) {
    return foldStreams(eventStore, customerId, document, await readOwn(eventStore, customerId, position), position);
  }
  return foldAll(customerId, since(eventStore, customerId, found.position, position), document);
}

/** The position of the last event of the customer's own stream up to a version of it; 0 if there is none. */
export async function positionOfVersion(eventStore: TrailSource, customerId: Id, version: number): Promise<number> {
  if (version === 0) return 0;
  const events = await eventStore.readStream(customerStreamName(customerId), { upToVersion: version });
  return events.at(-1)?.position ?? 0;
}

function readOwn(store: TrailSource, customerId: Id, upToPosition: number): Promise<readonly RecordedEvent[]> {
  return store.readStream(customerStreamName(customerId), { upToPosition });
}

/** Of every payment method that the customer ever had to do with: a document of the read model forgets none. */
async function foldStreams(
  store: TrailSource,
  customerId: Id,
  now: CustomerPaymentMethods | undefined,
  own: readonly RecordedEvent[],
  upToPosition: number,
): Promise<CustomerPaymentMethods | undefined> {
  const streams = (now?.paymentMethods ?? []).map(({ paymentMethodId }) => streamName(paymentMethodId, undefined));
  const events = await Promise.all(streams.map((stream) => store.readStream(stream, { upToPosition })));
  return foldAll(customerId, toRecords([...own, ...events.flat()]));
}

async function foldAll(
  customerId: Id,
  records: AsyncIterable<TrailRecord>,
  before?: CustomerPaymentMethods,
): Promise<CustomerPaymentMethods | undefined> {
  let document = before;
  for await (const record of records) {
    if (paymentMethodsByCustomer.keyOf(record) !== customerId) continue;
    document = projected(paymentMethodsByCustomer, document, record);
  }
  return document;
}

async function* toRecords(events: readonly RecordedEvent[]): AsyncGenerator<TrailRecord, void, undefined> {
  yield* [...events].sort((one, other) => one.position - other.position).map(decodeEvent);
}

/** What names the customer behind a place, as read models take it; most events are passed over without being parsed. */
async function* since(
  store: TrailSource,
  customerId: Id,
  after: number,
  upTo: number,
): AsyncGenerator<TrailRecord, void, undefined> {
  const spelled = JSON.stringify(customerId);
  for await (const recorded of store.readTrail({ after, upTo, opens: opensNone })) {
    const isHandled = Object.hasOwn(paymentMethodsByCustomer.handlers, recorded.type);
    if (isHandled && recorded.data.includes(spelled)) yield decodeClosed(recorded);
  }
}

async function* scan(store: TrailSource, customerId: Id, upTo: number): AsyncGenerator<TrailRecord, void, undefined> {
  const customer = new CustomerEvents(customerId);
  for await (const recorded of store.readTrail({ upTo, opens: (event) => customer.mayTake(event) })) {
    const record = customer.take(recorded);
    if (record !== null) yield record;
  }
}
