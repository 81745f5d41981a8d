import type { Effect, RequestEntry } from '../../src/adapters/simulator/index.ts';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';

/** One call of a caller's, as the caller saw it. */
export type Operation = {
  readonly call: 'attach' | 'detach' | 'setDefault' | 'beginSetup' | 'forget';
  /** of a setup, what its customer pays with in the end; empty where a customer is forgotten */
  readonly paymentMethodId: string;
  /** whom it was to be attached to, or the default of; null for a detach */
  readonly customer: string | null;
  /** null where the caller named none and heard of none */
  readonly attemptId: string | null;
  /** true where the caller chose the attempt's id */
  readonly isNamed: boolean;
  /** unix milliseconds */
  readonly invokedAt: number;
  /** unix milliseconds; null where nothing ever came back */
  readonly endedAt: number | null;
  /** `info`: it may have happened or not */
  readonly end: 'ok' | 'fail' | 'info';
  /** the payment method that was answered where it is `ok`; a clone has another id than its alias; null for `superseded`; of a setup, its SetupIntent */
  readonly answeredId: string | null;
  /** the reason of a `fail` */
  readonly reason: string | null;
  /** true where it is to be the customer's default as well */
  readonly setAsDefault: boolean;
  /** what the caller was told of that; null where nothing */
  readonly defaultOutcome: string | null;
};

/** True of a no that is no answer for good: something else has to be settled first. */
export function isForNow(reason: string | null): boolean {
  return reason === 'attachmentOpen' || reason === 'detachmentOpen';
}

/** What really happened at Stripe, whatever anybody was told. */
export type StripeLog = {
  /** in the order they happened */
  readonly effects: readonly Effect[];
  /** in the order they were answered */
  readonly requests: readonly RequestEntry[];
  /** whom payment methods belonged to before the first request, by payment method */
  readonly ownersBefore: ReadonlyMap<string, string>;
  /** when the process whose request it was had last looked at the payment method, or sent it where it had not looked */
  readonly seenUntil: (effect: Effect) => number;
  /** true for a key that is of none of the host's requests */
  readonly isStrangersKey: (key: string | null) => boolean;
  /** whom a payment method belongs to now: null for nobody, undefined where there is no such payment method */
  readonly ownerOf: (paymentMethodId: string) => string | null | undefined;
  /** the year in which its card ends, as Stripe has it now; undefined where it has no card, or is not there */
  readonly expYearOf: (paymentMethodId: string) => number | undefined;
  /** a customer's default payment method now; null for none */
  readonly defaultOf: (customerId: string) => string | null;
};

/** An operation asked for once more, with what it was answered then, and what that added. */
export type Repeat = {
  readonly operation: Operation;
  readonly end: Operation['end'];
  readonly answeredId: string | null;
  readonly reason: string | null;
  /** what was told of the default, where the operation was told how that ended */
  readonly defaultOutcome: string | null;
  /** events that the repeat added to the trail */
  readonly events: number;
  /** POSTs that the repeat sent to Stripe */
  readonly posts: number;
};

/** All that is known of a run once it has come to rest. */
export type Logs = {
  readonly history: readonly Operation[];
  readonly stripe: StripeLog;
  /** the whole trail, in its order */
  readonly trail: readonly RecordedEvent[];
  /** events that some process was told are durable, with where they stand */
  readonly acknowledged: readonly { readonly eventId: string; readonly position: number }[];
  /** true where Stripe's notifications, or a sweep, told the trail of everything that happened there */
  readonly tellsAll: boolean;
  /** true where a failover lost events that were acknowledged: their promises are then the weaker ones */
  readonly lostEvents: boolean;
  /** how far the clocks of two processes may be apart, and an append be behind the clock that it was decided by */
  readonly clocksApartMs: number;
  /** what came of asking every answered attempt once more, when nothing goes wrong */
  readonly repeats: readonly Repeat[];
  /** the state of each payment method as the application reads it, by stream */
  readonly projected: ReadonlyMap<string, string>;
  /** true where everything came to rest in time */
  readonly isResting: boolean;
  /** errors that are none of this module's */
  readonly unexpected: readonly string[];
  /** texts that must stand nowhere in the trail */
  readonly secrets: readonly string[];
  /** absent where nothing is encrypted */
  readonly encryption?: EncryptionLog;
};

/** What became of personal fields that are encrypted. */
export type EncryptionLog = {
  /** the whole trail, as somebody reads it who has the keys that are left */
  readonly opened: readonly RecordedEvent[];
  /** since when it is settled which key a customer has, or that it has none; unix milliseconds, Infinity where it never was */
  readonly settledSince: (customer: string) => number;
};

/** What a rule says of a run: `unknown` where there was nothing to judge by. */
export type Verdict = true | false | 'unknown';

export type Judgement = { readonly verdict: Verdict; readonly problems: readonly string[] };
