import type { Timers } from '../../application/ports/timers.ts';
import type { Fault, StripeAccount } from '../simulator/index.ts';
import type { FakeRequest } from './requests.ts';

/** The account the fake speaks for, and how it is spoken to. */
export type FakePaymentGatewayOptions = {
  /** a new, empty account where absent */
  readonly account?: StripeAccount | undefined;
  /** true: only what was added to the account exists. False, the default: a well-formed id exists once it is named. */
  readonly strict?: boolean | undefined;
  /** `sk_test_fake` where absent */
  readonly apiKey?: string | undefined;
  /** `2025-10-29.clover` where absent */
  readonly apiVersion?: string | undefined;
  /** by which scripted delays are waited for; real time where absent */
  readonly timers?: Timers | undefined;
};

/** Which of the next calls a fault strikes, and how many of them. */
export type FakeFaultOptions = {
  /** how many calls; 1 where absent */
  readonly times?: number | undefined;
  /** calls of this method only */
  readonly of?: FakeRequest['method'] | undefined;
};

/** What goes wrong at Stripe, or on the way there, for a moment. */
export const passingFaults: readonly Fault[] = [
  { fault: 'unreachable' },
  { fault: 'loseRequest' },
  { fault: 'badGateway', status: 503 },
  { fault: 'rateLimit' },
];
