export type { StripeGatewayOptions } from './options.ts';
export { StripeGateway } from './stripeGateway.ts';
export type { WebhookEvent } from './webhooks/event.ts';
export type { WebhookDelivery, WebhookProblem } from './webhooks/verifyWebhook.ts';
export { verifyWebhook } from './webhooks/verifyWebhook.ts';
export { toNotification } from './webhooks/toNotification.ts';
export type { WebhookHandlerOptions } from './webhooks/webhookHandler.ts';
export { webhookHandler } from './webhooks/webhookHandler.ts';
