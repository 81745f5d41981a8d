import type { AttemptId, PaymentMethodId } from '../../domain/identifiers.ts';
import { fold } from '../../domain/paymentMethod.ts';
import type {
  AttachmentAttributed,
  PaymentMethodAttached,
  PaymentMethodEvent,
} from '../../domain/paymentMethodEvents.ts';
import type { AsOf } from '../commands/commands.ts';
import type { PaymentMethodRecord } from '../events/eventCodec.ts';
import { decodePaymentMethodEvent } from '../events/eventCodec.ts';
import { streamName } from '../events/streams.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import type { History } from './results.ts';

type Asked = {
  readonly paymentMethodId: PaymentMethodId;
  readonly attemptId?: AttemptId | undefined;
  readonly asOf?: AsOf | undefined;
};

/** A payment method's story from its own stream, and, of a clone, from the attempt on the test alias that made it. */
export async function readHistory(
  store: Pick<EventStore, 'readStream'>,
  { paymentMethodId, attemptId, asOf }: Asked,
): Promise<History> {
  const own = await readAsOf(store, streamName(paymentMethodId, attemptId), asOf);
  const state = fold(own.map(({ event }) => event));
  const origin = own.map(({ event }) => event).findLast(isOrigin);
  const { clonedFrom = null, attemptId: clonedBy = null } = origin?.data ?? {};
  const asked =
    clonedFrom !== null && clonedBy !== null
      ? await readAsOf(store, streamName(clonedFrom, clonedBy), withoutVersion(asOf))
      : [];
  const events = [...own, ...asked].sort((one, other) => one.position - other.position);
  return { paymentMethodId, state, version: own.length, events };
}

function isOrigin(event: PaymentMethodEvent): event is PaymentMethodAttached | AttachmentAttributed {
  return event.type === 'PaymentMethodAttached' || event.type === 'AttachmentAttributed';
}

async function readAsOf(
  store: Pick<EventStore, 'readStream'>,
  stream: string,
  asOf: AsOf | undefined,
): Promise<PaymentMethodRecord[]> {
  const recorded = await store.readStream(stream, {
    upToVersion: asOf !== undefined && 'version' in asOf ? asOf.version : undefined,
    upToPosition: asOf !== undefined && 'position' in asOf ? asOf.position : undefined,
  });
  return (asOf instanceof Date ? upTo(asOf, recorded) : recorded).map(decodePaymentMethodEvent);
}

/** A version counts within the clone's own stream; the attempt that made it came before all of them. */
function withoutVersion(asOf: AsOf | undefined): AsOf | undefined {
  return asOf !== undefined && 'version' in asOf ? undefined : asOf;
}

/** Up to the first event after the instant: a prefix, also where the store's clock once stepped back. */
function upTo(instant: Date, recorded: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const later = recorded.findIndex(({ recordedAt }) => Date.parse(recordedAt) > instant.getTime());
  return later === -1 ? recorded : recorded.slice(0, later);
}
