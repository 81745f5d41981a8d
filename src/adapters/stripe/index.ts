export type { StripeGatewayOptions } from './options.ts';
export { StripeGateway } from './stripeGateway.ts';
