/** A call of the host's. */
export type UseCaseName =
  | 'attach'
  | 'detach'
  | 'setDefault'
  | 'beginSetup'
  | 'ingest'
  | 'reconcile'
  | 'recover'
  | 'sweep'
  | 'forgetCustomer';

/** A call as it begins: ids alone, never what they stand for. */
export type UseCaseBegun = {
  readonly useCase: UseCaseName;
  readonly paymentMethodId?: string | undefined;
  /** `cus_…` or `acct_…` */
  readonly customerId?: string | undefined;
  readonly attemptId?: string | undefined;
  /** `evt_…`, of an `ingest` */
  readonly notificationId?: string | undefined;
};

/** How a call ended. Of each of these words there are a few only, all of them literals. */
export type UseCaseEnded = {
  /** as in the result; of `ingest` `recorded` or `known`, of `recover` and `sweep` `done` or `stopped` */
  readonly outcome: string;
  /** the reason of a rejection, the cause of a doubt, why a pass stopped; null where there is none */
  readonly reason: string | null;
  /** the id to use from now on: of a test alias, the payment method that Stripe made of it */
  readonly paymentMethodId?: string | undefined;
  /** the attempt that it is about: another call's, where this one joined it */
  readonly attemptId?: string | undefined;
  /** how it went to make it the default, where an `attach` was to do so */
  readonly setAsDefault?: string | undefined;
  /** of `recover` and `sweep`: how many of what */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** of `sweep`: how many of each finding */
  readonly findings?: Readonly<Record<string, number>> | undefined;
};

/** Recovery begins to look after the open requests of one stream. */
export type SettlingBegun = {
  /** `attachment`, `detachment`, `default` or `setup` */
  readonly sort: string;
  readonly attemptIds: readonly string[];
  /** the W3C traceparents that the attempts were recorded with, in this process or another */
  readonly traceparents: readonly string[];
};

/** How that ended: `outcome` is `stillOpen`, and `reason` why, where nothing is known yet. */
export type SettlingEnded = { readonly outcome: string; readonly reason: string | null };

/** An append to the trail begins. */
export type AppendBegun = { readonly streams: number; readonly events: number };

/** How the append ended. */
export type AppendEnded = { readonly result: 'appended' | 'conflict' };

/** One request goes to Stripe: a retry is a request of its own. */
export type StripeRequestBegun = {
  readonly method: 'GET' | 'POST';
  /** `https://api.stripe.com` */
  readonly origin: string;
  /** with ids and query, and without a secret */
  readonly path: string;
  /** the path with `{id}` in the place of ids and without a query: one of a few */
  readonly route: string;
  readonly apiVersion: string;
  /** 1 for the first */
  readonly tryNumber: number;
  /** by the form of the key; null where it does not say */
  readonly isLive: boolean | null;
};

/** What came of it: `failure` names what went wrong where no whole answer arrived. */
export type StripeRequestEnded = {
  readonly status: number | null;
  readonly requestId: string | null;
  readonly failure: string | null;
};

/** Appends that went to the database together. */
export type AppendBatch = {
  /** of each append, how long it waited for its turn, in milliseconds */
  readonly waitedMs: readonly number[];
  /** how long the database took, in milliseconds */
  readonly tookMs: number;
};

/** Something that is watched while it runs: one of `ended` and `failed` is called, once. */
export interface Observation<Ended> {
  /** Calls the work, at once and once, so that what it does is seen as part of this; answers what the work answers. */
  within?<Result>(work: () => Result): Result;

  /** It came to its end, in this way. */
  ended(how: Ended): void;

  /** It threw this. */
  failed(error: unknown): void;
}

/**
 * Watches what the module does, for traces, metrics and logs; it is told ids, literals and numbers, and never a secret or
 * what a payment method holds. It changes nothing: what it throws is dropped, and what it promises is not waited for. It is
 * called where things happen, though, and they go on when it returns: be quick, and write later. Leave out what you do not
 * watch.
 */
export interface Observer {
  /** A call of the host's begins. */
  useCase?(begun: UseCaseBegun): Observation<UseCaseEnded> | undefined;

  /** Recovery begins to look after one stream. */
  settling?(begun: SettlingBegun): Observation<SettlingEnded> | undefined;

  /** An append to the trail begins: its wait for its turn is part of it. */
  append?(begun: AppendBegun): Observation<AppendEnded> | undefined;

  /** A request goes to Stripe. */
  stripeRequest?(begun: StripeRequestBegun): Observation<StripeRequestEnded> | undefined;

  /** Appends that went to the database together are done, and their callers have gone on. */
  appendBatch?(batch: AppendBatch): void;

  /** The W3C traceparent of what runs now, to be kept with the events it records; null where nothing is traced. */
  traceparent?(): string | null;
}
