import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import type { Projection } from './projection.ts';

/** What a request asked of Stripe: `default` is a customer's default payment method. */
export type RequestSort = 'attachment' | 'detachment' | 'default' | 'setup';

/** A request to Stripe of which the trail does not know how it ended. */
export type OpenRequestNote = {
  readonly sort: RequestSort;
  readonly attemptId: AttemptId;
  /** null of a setup, which has none yet */
  readonly paymentMethodId: PaymentMethodId | null;
  /** of a default alone */
  readonly customerId: CustomerId | null;
  /** RFC 3339, UTC: when it was first asked for */
  readonly since: string;
  /** how often Stripe was asked, or looked at, to no avail, as far as that was recorded */
  readonly tries: number;
  /** why nobody knows how it ended; null where nothing was recorded after it was asked for */
  readonly why: UnknownCause | null;
  /** the W3C traceparent that it was first asked for with; null where it was not traced */
  readonly traceparent: string | null;
};

/** A stream with open requests: one, or two where a detachment is open beside an attachment. */
export type OpenStream = {
  readonly stream: string;
  /** of the oldest of them */
  readonly since: string;
  readonly requests: readonly OpenRequestNote[];
};

type Asked = Pick<OpenRequestNote, 'sort' | 'attemptId' | 'paymentMethodId' | 'customerId'>;

/** The requests left open, by stream: what recovery has to look after. There is no document where none is open. */
export const openAttempts: Projection<OpenStream> = {
  name: 'openAttempts',
  version: 2,
  keyOf: ({ stream, event }) => (Object.hasOwn(openAttempts.handlers, event.type) ? stream : undefined),
  handlers: {
    AttachmentRequested: (open, record) => {
      const { attemptId, paymentMethodId, requestedAt } = record.event.data;
      return opened(open, record, { sort: 'attachment', attemptId, paymentMethodId, customerId: null }, requestedAt);
    },
    IdempotencyKeyRenewed: (open, record) => {
      const { attemptId, paymentMethodId, renewedAt } = record.event.data;
      return opened(open, record, { sort: 'attachment', attemptId, paymentMethodId, customerId: null }, renewedAt);
    },
    AttachmentOutcomeUnknown: (open, { event: { data } }) => doubted(open, 'attachment', data),
    AttachmentRejected: (open) => closed(open, 'attachment'),
    PaymentMethodAttached: (open) => closed(open, 'attachment'),
    PaymentMethodCloned: (open) => closed(open, 'attachment'),
    PaymentMethodDetached: () => undefined,
    DetachmentRequested: (open, record) => {
      const { attemptId, paymentMethodId, requestedAt } = record.event.data;
      return opened(open, record, { sort: 'detachment', attemptId, paymentMethodId, customerId: null }, requestedAt);
    },
    DetachmentOutcomeUnknown: (open, { event: { data } }) => doubted(open, 'detachment', data),
    DetachmentRejected: (open) => closed(open, 'detachment'),
    DefaultPaymentMethodRequested: (open, record) => {
      const { attemptId, paymentMethodId, customerId, requestedAt } = record.event.data;
      return opened(open, record, { sort: 'default', attemptId, paymentMethodId, customerId }, requestedAt);
    },
    DefaultPaymentMethodOutcomeUnknown: (open, { event: { data } }) => doubted(open, 'default', data),
    DefaultPaymentMethodSet: (open) => closed(open, 'default'),
    DefaultPaymentMethodRejected: (open) => closed(open, 'default'),
    CustomerDeleted: (open) => closed(open, 'default'),
    SetupRequested: (open, record) => {
      const { attemptId, requestedAt } = record.event.data;
      return opened(open, record, { sort: 'setup', attemptId, paymentMethodId: null, customerId: null }, requestedAt);
    },
    SetupOutcomeUnknown: (open, { event: { data } }) => doubted(open, 'setup', data),
    SetupBegun: (open) => closed(open, 'setup'),
    SetupRejected: (open) => closed(open, 'setup'),
    SetupSucceeded: (open) => closed(open, 'setup'),
  },
};

/** The oldest first; of one instant, by stream. */
export function byAge(one: Pick<OpenStream, 'since' | 'stream'>, other: Pick<OpenStream, 'since' | 'stream'>): number {
  return compare(one.since, other.since) || compare(one.stream, other.stream);
}

/** Asked for, or asked for again under a new key: the attempt is as old as it was. */
function opened(
  open: OpenStream | undefined,
  { stream, metadata }: Pick<TrailRecord, 'stream' | 'metadata'>,
  asked: Asked,
  at: string,
): OpenStream {
  const before = open?.requests.find(({ sort, attemptId }) => sort === asked.sort && attemptId === asked.attemptId);
  const traceparent = before === undefined ? (metadata.traceparent ?? null) : before.traceparent;
  const note = { ...asked, since: before?.since ?? at, tries: before?.tries ?? 0, why: null, traceparent };
  return withRequests(stream, [...others(open, asked.sort), note]);
}

function doubted(
  open: OpenStream | undefined,
  sort: RequestSort,
  { cause, evidence }: { readonly cause: UnknownCause; readonly evidence: Evidence },
): OpenStream | undefined {
  if (open === undefined) return undefined;
  const tried = (note: OpenRequestNote) => ({ ...note, tries: note.tries + evidence.tries.length, why: cause });
  return { ...open, requests: open.requests.map((note) => (note.sort === sort ? tried(note) : note)) };
}

function closed(open: OpenStream | undefined, sort: RequestSort): OpenStream | undefined {
  const left = others(open, sort);
  return open === undefined || left.length === 0 ? undefined : withRequests(open.stream, left);
}

function others(open: OpenStream | undefined, sort: RequestSort): readonly OpenRequestNote[] {
  return open?.requests.filter((note) => note.sort !== sort) ?? [];
}

function withRequests(stream: string, requests: readonly OpenRequestNote[]): OpenStream {
  const [oldest = ''] = requests.map(({ since }) => since).sort(compare);
  return { stream, since: oldest, requests };
}

/** RFC 3339 instants of one form, and stream names: by their bytes. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
