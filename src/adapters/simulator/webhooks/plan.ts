/** How events are delivered; all of it as Stripe may do it. Absent: once, at once, in order. */
export type WebhookPlan = {
  /** how often each event is sent to each endpoint; 1 where absent */
  readonly copies?: number | undefined;
  /** true: everything that happens makes two Event objects, each delivered */
  readonly twins?: boolean | undefined;
  /** how much later than what happened */
  readonly delayMs?: number | undefined;
  /** up to this much later still, at random: so they overtake one another */
  readonly jitterMs?: number | undefined;
  /** of the randomness; 0 where absent */
  readonly seed?: number | undefined;
  /** true: nothing is sent until it is released */
  readonly held?: boolean | undefined;
  /** how long to wait after each failed attempt; there are no more attempts than that and one */
  readonly retryWaitsMs?: readonly number[] | undefined;
};

/** In which order deliveries that are held are sent: as they happened, the last first, or at random. */
export type ReleaseOrder = 'inOrder' | 'reversed' | 'shuffled';

/** One attempt to send: a POST of `body` with these headers to `url`. */
export type WebhookDelivery = {
  /** by which it is reported */
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly url: string;
  /** 1 for the first */
  readonly attempt: number;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An attempt that was reported. */
export type DeliveryAttempt = {
  readonly eventId: string;
  readonly type: string;
  readonly endpointId: string;
  readonly attempt: number;
  /** null: no answer */
  readonly status: number | null;
  /** unix milliseconds */
  readonly at: number;
};

const minute = 60_000;
const hour = 60 * minute;

/** Stripe documents three days with growing waits for live mode and three tries over a few hours for test mode. */
export function retryWaits(livemode: boolean): readonly number[] {
  return livemode
    ? [5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 12 * hour, 12 * hour, 12 * hour, 12 * hour]
    : [hour, 2 * hour];
}
