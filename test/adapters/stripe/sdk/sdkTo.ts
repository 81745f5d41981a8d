import Stripe from 'stripe';
import { canaryKey } from '../samples.ts';

/** The official SDK with its defaults, at this address. */
export function sdkTo(url: string, config: Stripe.StripeConfig = {}): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(canaryKey, { host: hostname, port: Number(port), protocol: 'http', telemetry: false, ...config });
}
