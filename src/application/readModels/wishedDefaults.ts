import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import { customerStreamName } from '../events/streams.ts';
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
export type WishedDefaults = readonly WishedDefault[];

/**
 * By customer: what `attach` with `setAsDefault` has still to ask for. An attach is over before its default is asked for, and
 * a crash between the two leaves nothing open but this. There is no document where nothing is wished for.
 */
export const wishedDefaults: Projection<WishedDefaults> = {
  name: 'wishedDefaults',
  version: 2,
  keyOf: ({ event: { type, data } }) => {
    if (!Object.hasOwn(wishedDefaults.handlers, type)) return undefined;
    if ('customerId' in data) return data.customerId ?? undefined;
    return 'customer' in data && data.customer?.kind === 'customer' ? data.customer.id : undefined;
  },
  handlers: {
    AttachmentRequested: (wishes, { stream, event: { data }, metadata: { traceparent = null } }) => {
      const { attemptId, customer, paymentMethodId, requestedAt: since, setAsDefault } = data;
      const others = without(wishes, (wish) => wish.stream === stream);
      if (!setAsDefault || customer.kind !== 'customer') return others;
      const wish = {
        stream,
        attemptId,
        customerId: customer.id,
        paymentMethodId,
        since,
        isAttached: false,
        traceparent,
      };
      return [...(others ?? []), wish];
    },
    AttachmentRejected: (wishes, { stream }) => without(wishes, (wish) => wish.stream === stream),
    PaymentMethodAttached: (wishes, { stream, event: { data } }) =>
      attached(wishes, stream, data.attemptId, data.paymentMethodId),
    PaymentMethodCloned: (wishes, { stream, event: { data } }) =>
      attached(wishes, stream, data.attemptId, data.cloneId),
    PaymentMethodDetached: (wishes, { event: { data } }) =>
      without(wishes, (wish) => wish.paymentMethodId === data.paymentMethodId),
    // Asked for now, and open in the customer's stream; or something else was asked for since, which it gives way to.
    DefaultPaymentMethodRequested: (wishes, { event: { data } }) =>
      without(wishes, (wish) => wish.attemptId === data.attemptId || wish.since < data.requestedAt),
    CustomerDeleted: () => undefined,
  },
};

/** Those that can be asked for by now, each as what recovery has to look after: in the stream of the attach. */
export function askableOf(wishes: WishedDefaults): readonly OpenStream[] {
  return wishes
    .filter(({ isAttached }) => isAttached)
    .map(({ stream, attemptId, customerId, paymentMethodId, since, traceparent }) => {
      const asked = { sort: 'default', attemptId, customerId, paymentMethodId } as const;
      return { stream, since, requests: [{ ...asked, since, tries: 0, why: null, traceparent }] };
    });
}

/** How the same are counted where the documents are kept: those of `true`. */
export const askableTally = { by: 'isAttached', least: 'since' } as const;

/** True of one that is wished for, and not asked for yet: that stands in the stream of the customer. */
export function isWished({ stream, requests: [request] }: OpenStream): boolean {
  const customerId = request?.sort === 'default' ? request.customerId : null;
  return customerId !== null && stream !== customerStreamName(customerId);
}

/** Attached by the attempt that wished for it; by another one, nobody wishes for anything. */
function attached(
  wishes: WishedDefaults | undefined,
  stream: string,
  attemptId: AttemptId | null,
  paymentMethodId: PaymentMethodId,
): WishedDefaults | undefined {
  const left = without(wishes, (wish) => wish.stream === stream && wish.attemptId !== attemptId);
  return left?.map((wish) => (wish.stream === stream ? { ...wish, paymentMethodId, isAttached: true } : wish));
}

function without(
  wishes: WishedDefaults | undefined,
  isOver: (wish: WishedDefault) => boolean,
): WishedDefaults | undefined {
  const left = wishes?.filter((wish) => !isOver(wish));
  return left?.length === 0 ? undefined : left;
}
