import type { Timers } from '../../application/ports/timers.ts';
import type { Fault, StripeAccount } from '../simulator/index.ts';
import type { FakeRequest } from './requests.ts';

export type FakePaymentGatewayOptions = {
  /** a new, empty account where absent */
  readonly account?: StripeAccount;
  /** true: only what was added to the account exists. False, the default: a well-formed id exists once it is named. */
  readonly strict?: boolean;
  /** `sk_test_fake` where absent */
  readonly apiKey?: string;
  /** `2025-10-29.clover` where absent */
  readonly apiVersion?: string;
  /** by which scripted delays are waited for; real time where absent */
  readonly timers?: Timers;
};

export type FakeFaultOptions = {
  /** how many calls; 1 where absent */
  readonly times?: number;
  /** calls of this method only */
  readonly of?: FakeRequest['method'];
};

/** What goes wrong at Stripe, or on the way there, for a moment. */
export const passingFaults: readonly Fault[] = [
  { fault: 'unreachable' },
  { fault: 'loseRequest' },
  { fault: 'badGateway', status: 503 },
  { fault: 'rateLimit' },
];
