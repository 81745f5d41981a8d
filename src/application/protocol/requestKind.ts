import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { AttemptId } from '../../domain/identifiers.ts';
import type { KeyedRequest, OpenRequest } from '../../domain/keyedRequest.ts';
import type { RetryPolicy } from '../../domain/retryPolicy.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { EventStreams, SeenStream } from '../events/eventStreams.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';

export type AnyEvent = { readonly type: string; readonly data: unknown };
export type Unknown = { readonly answer: 'unknown'; readonly cause: UnknownCause };
export type Evidenced<Answer> = { readonly answer: Answer; readonly evidence: Evidence };
export type Call = readonly [context: KnownContext, options: CallOptions];

/** Where the stream stands before an ask, and the doubt that keeps it from being asked; null where nothing does. */
export type Prepared<State> = { readonly seen: SeenStream<State>; readonly doubt: Evidenced<Unknown> | null };

/** One kind of request to Stripe: how it is decided, sent, looked after and concluded. All of `decide…` is the domain's. */
export type RequestKind<State, Event extends AnyEvent, Request extends KeyedRequest, Answer> = {
  readonly streams: EventStreams<State, Event>;
  readonly decide: (
    command: Request,
    state: State,
    policy: RetryPolicy,
  ) => { readonly events: readonly Event[] } | { readonly rejected: string };
  /** the request that is open, as it has to be sent; null where none is */
  readonly open: (state: State) => (Request & OpenRequest & { readonly attemptId: AttemptId }) | null;
  readonly send: (request: Request, options: CallOptions) => Promise<Answer & { readonly evidence: Evidence }>;
  /** what has to be known of Stripe, and in the trail, before every ask; absent where nothing has */
  readonly prepare?: (seen: SeenStream<State>, ...call: Call) => Promise<Prepared<State>>;
  /** true where a request still on its way may undo what a look shows: until there is none, a look says nothing */
  readonly mayBeUndone: boolean;
  /** what looking at Stripe says of it; null where it says nothing */
  readonly look: (
    request: Request,
    state: State,
    refused: boolean,
    options: CallOptions,
  ) => Promise<Evidenced<Answer> | null>;
  readonly conclude: (
    conclusion: { readonly request: Request; readonly answer: Answer | Unknown; readonly evidence: Evidence },
    state: State,
  ) => { readonly events: readonly Event[] };
};

/** Where the stream stands after a request; `answer` is what was answered just now, null where nothing was asked. */
export type Ran<State, Answer> = { readonly seen: SeenStream<State>; readonly answer: Answer | Unknown | null };
