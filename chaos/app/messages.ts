import type { Operation } from '../../sim/checker/logs.ts';
import type { Answered } from '../../sim/world/history.ts';

/** What an application process is started with. */
export type AppSettings = {
  /** by way of the line that fails */
  readonly databaseUrl: string;
  readonly stripeUrl: string;
  readonly trail: string;
  readonly apiKey: string;
  readonly webhookSecrets: readonly string[];
  /** of 32 bytes, in hexadecimal; null where nothing is encrypted */
  readonly masterKey: string | null;
  /** how often a call asks Stripe before it gives up in doubt */
  readonly maxTries: number;
};

/** What an application process is asked for. */
export type Asked =
  | (Pick<Operation, 'call' | 'paymentMethodId' | 'attemptId' | 'setAsDefault'> & { readonly customer: string })
  | { readonly call: 'reconcile'; readonly paymentMethodId: string };

export type ToApp = { readonly id: number; readonly asked: Asked };

/** An event that is durable, and where it stands. */
export type Acknowledged = { readonly eventId: string; readonly position: number };

export type FromApp =
  /** it serves webhooks at this port, and takes calls */
  | { readonly readyAt: number }
  | { readonly id: number; readonly answered: Answered }
  | { readonly acknowledged: readonly Acknowledged[] }
  /** how many requests a pass of recovery settled */
  | { readonly recovered: number }
  /** an error that is none of the module's */
  | { readonly unexpected: string };
