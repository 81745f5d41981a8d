export type { StripeGatewayOptions } from './options.ts';
export { StripeGateway } from './stripeGateway.ts';
export type { WebhookEvent } from './webhooks/event.ts';
export type { WebhookDelivery, WebhookProblem } from './webhooks/verifyWebhook.ts';
export { verifyWebhook } from './webhooks/verifyWebhook.ts';
