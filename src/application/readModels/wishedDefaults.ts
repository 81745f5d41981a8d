import { isOfAttempt } from '../../domain/customer.ts';
import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import { customerStreamName, streamName } from '../events/streams.ts';
import type { OpenStream } from './openAttempts.ts';
import type { Projection } from './projection.ts';

type WishedDefault = {
  /** the attach's */
  readonly stream: string;
  readonly attemptId: AttemptId;
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
  /** RFC 3339, UTC: when the attach was asked for */
  readonly since: string;
  /** false until the attach is done, and there is something to make the default */
  readonly isAttached: boolean;
  /** the W3C traceparent that the attach was asked for with; null where it was not traced */
  readonly traceparent: string | null;
};

/** The defaults that attaches to one customer wish for, and that were not asked for yet. */
export type WishedDefaults = {
  /** the attempt whose request is open: another key for it is no newer wish */
  readonly asked: AttemptId | null;
  /** the newest last */
  readonly wishes: readonly WishedDefault[];
};

const none: WishedDefaults = { asked: null, wishes: [] };

/**
 * By customer: what `attach` with `setAsDefault` has still to ask for. An attach is over before its default is asked for, and
 * a crash between the two leaves nothing open but this. There is no document where nothing is wished for, or asked.
 */
export const wishedDefaults: Projection<WishedDefaults> = {
  name: 'wishedDefaults',
  version: 4,
  keyOf: ({ event: { type, data } }) => {
    if (!Object.hasOwn(wishedDefaults.handlers, type)) return undefined;
    if ('customerId' in data) return data.customerId ?? undefined;
    return 'customer' in data && data.customer?.kind === 'customer' ? data.customer.id : undefined;
  },
  handlers: {
    DefaultPaymentMethodWished: (document = none, { event: { data }, metadata: { traceparent = null } }) => {
      const { wishedAt: since, ...asked } = data;
      const stream = streamName(asked.paymentMethodId, asked.attemptId);
      const wish = { ...asked, stream, since, isAttached: false, traceparent };
      return { ...document, wishes: [...document.wishes, wish] };
    },
    AttachmentRejected: (document, { stream, event: { data } }) =>
      without(document, (wish) => wish.stream === stream && wish.attemptId === data.attemptId),
    PaymentMethodAttached: (document, { stream, event: { data } }) =>
      attached(document, stream, data.attemptId, data.paymentMethodId),
    PaymentMethodCloned: (document, { stream, event: { data } }) =>
      attached(document, stream, data.attemptId, data.cloneId),
    // It keeps its place: asked for all the same, by somebody who does not know it yet, it ends no later wish.
    PaymentMethodDetached: (document, { event: { data } }) =>
      document && { ...document, wishes: document.wishes.map((wish) => detached(wish, data.paymentMethodId)) },
    DefaultPaymentMethodRequested: (document = none, { event: { data } }) => asked(document, data),
    DefaultPaymentMethodSet: answered,
    DefaultPaymentMethodRejected: answered,
    CustomerDeleted: () => undefined,
  },
};

/** Those that can be asked for by now, each as what recovery has to look after: in the stream of the attach. */
export function askableOf({ wishes }: WishedDefaults): readonly OpenStream[] {
  return wishes
    .filter(({ isAttached }) => isAttached)
    .map(({ stream, attemptId, customerId, paymentMethodId, since, traceparent }) => {
      const asked = { sort: 'default', attemptId, customerId, paymentMethodId } as const;
      return { stream, since, requests: [{ ...asked, since, tries: 0, why: null, traceparent }] };
    });
}

/** How the same are counted where the documents are kept: those of `true`. */
export const askableTally = { list: 'wishes', by: 'isAttached', least: 'since' } as const;

/** True of one that is wished for, and not asked for yet: that stands in the stream of the customer. */
export function isWished({ stream, requests: [request] }: OpenStream): boolean {
  const customerId = request?.sort === 'default' ? request.customerId : null;
  return customerId !== null && stream !== customerStreamName(customerId);
}

/** Attached by the attempt that wished for it; by another one, there is nothing to ask for. */
function attached(
  document: WishedDefaults | undefined,
  stream: string,
  attemptId: AttemptId | null,
  paymentMethodId: PaymentMethodId,
): WishedDefaults | undefined {
  const isDone = (wish: WishedDefault) => wish.stream === stream && wish.attemptId === attemptId;
  const done = (wish: WishedDefault) => (isDone(wish) ? { ...wish, paymentMethodId, isAttached: true } : wish);
  return document && { ...document, wishes: document.wishes.map(done) };
}

function detached(wish: WishedDefault, paymentMethodId: PaymentMethodId): WishedDefault {
  return wish.paymentMethodId === paymentMethodId ? { ...wish, isAttached: false } : wish;
}

/**
 * What was wished for before it, by anybody, gives way to what is asked for, and what the same attempt wished for besides; a
 * request of no wish is the newest itself.
 */
function asked(
  { asked: before, wishes }: WishedDefaults,
  request: Pick<WishedDefault, 'attemptId' | 'paymentMethodId'>,
): WishedDefaults {
  const { attemptId } = request;
  if (before === attemptId) return { asked: before, wishes };
  const own = wishes.findLastIndex((wish) => isOfAttempt(wish, request));
  const newer = own === -1 ? [] : wishes.slice(own + 1);
  return { asked: attemptId, wishes: newer.filter((wish) => wish.attemptId !== attemptId) };
}

function answered(document: WishedDefaults | undefined): WishedDefaults | undefined {
  return document && kept({ ...document, asked: null });
}

function without(
  document: WishedDefaults | undefined,
  isOver: (wish: WishedDefault) => boolean,
): WishedDefaults | undefined {
  return document && kept({ ...document, wishes: document.wishes.filter((wish) => !isOver(wish)) });
}

function kept(document: WishedDefaults): WishedDefaults | undefined {
  return document.asked === null && document.wishes.length === 0 ? undefined : document;
}
