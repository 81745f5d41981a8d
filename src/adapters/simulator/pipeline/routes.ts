import { attach, detach } from '../endpoints/attach.ts';
import type { Context } from '../endpoints/context.ts';
import * as customers from '../endpoints/customers.ts';
import * as events from '../endpoints/events.ts';
import * as paymentIntents from '../endpoints/intents/paymentIntents.ts';
import * as setupIntents from '../endpoints/intents/setupIntents.ts';
import * as paymentMethods from '../endpoints/paymentMethods.ts';
import * as webhookEndpoints from '../endpoints/webhookEndpoints.ts';
import type { Answered } from '../objects/expansion.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Shapes } from '../wire/parameters.ts';
import { shapes } from './shapes.ts';

export type Route = {
  /** `POST /v1/payment_methods/:id/attach`, where `:id` stands for one segment */
  readonly endpoint: string;
  readonly parameters: Shapes;
  readonly answers: Answered;
  /** what a restricted key must be allowed to do: the part between `rak_` and `_read` or `_write` */
  readonly permission: string;
  readonly run: (context: Context) => JsonObject;
};

export type FoundRoute = { readonly route: Route; readonly pathId: string; readonly secondPathId: string };

type Row = readonly [endpoint: string, parameters: Shapes, answers: Answered, run: Route['run']];

const rows: Readonly<Record<string, readonly Row[]>> = {
  payment_method: [
    ['POST /v1/payment_methods/:id/attach', shapes.attach, 'payment_method', attach],
    ['POST /v1/payment_methods/:id/detach', shapes.expandable, 'payment_method', detach],
    ['GET /v1/payment_methods/:id', shapes.expandable, 'payment_method', paymentMethods.retrievePaymentMethod],
    ['POST /v1/payment_methods/:id', shapes.paymentMethod, 'payment_method', paymentMethods.updatePaymentMethod],
    ['POST /v1/payment_methods', shapes.newPaymentMethod, 'payment_method', paymentMethods.createPaymentMethod],
    ['GET /v1/payment_methods', shapes.paymentMethods, 'list of payment_method', paymentMethods.listPaymentMethods],
    [
      'GET /v1/customers/:id/payment_methods',
      shapes.customersPaymentMethods,
      'list of payment_method',
      paymentMethods.listCustomersPaymentMethods,
    ],
    [
      'GET /v1/customers/:id/payment_methods/:id',
      shapes.expandable,
      'payment_method',
      paymentMethods.retrieveCustomersPaymentMethod,
    ],
  ],
  customer: [
    ['POST /v1/customers', shapes.newCustomer, 'customer', customers.createCustomer],
    ['GET /v1/customers', shapes.customers, 'list of customer', customers.listCustomers],
    ['POST /v1/customers/:id', shapes.customer, 'customer', customers.updateCustomer],
    ['GET /v1/customers/:id', shapes.expandable, 'customer', customers.retrieveCustomer],
    ['DELETE /v1/customers/:id', shapes.none, 'customer', customers.deleteCustomer],
  ],
  setup_intent: [
    ['POST /v1/setup_intents', shapes.newSetupIntent, 'setup_intent', setupIntents.createSetupIntent],
    ['GET /v1/setup_intents', shapes.setupIntents, 'list of setup_intent', setupIntents.listSetupIntents],
    ['POST /v1/setup_intents/:id', shapes.setupIntent, 'setup_intent', setupIntents.updateSetupIntent],
    ['GET /v1/setup_intents/:id', shapes.expandable, 'setup_intent', setupIntents.retrieveSetupIntent],
    ['POST /v1/setup_intents/:id/confirm', shapes.setupConfirmation, 'setup_intent', setupIntents.confirmSetupIntent],
    ['POST /v1/setup_intents/:id/cancel', shapes.cancellation, 'setup_intent', setupIntents.cancelSetupIntent],
  ],
  payment_intent: [
    ['POST /v1/payment_intents', shapes.newPaymentIntent, 'payment_intent', paymentIntents.createPaymentIntent],
    ['GET /v1/payment_intents/:id', shapes.expandable, 'payment_intent', paymentIntents.retrievePaymentIntent],
    [
      'POST /v1/payment_intents/:id/confirm',
      shapes.paymentConfirmation,
      'payment_intent',
      paymentIntents.confirmPaymentIntent,
    ],
  ],
  event: [
    ['GET /v1/events', shapes.events, 'list of event', events.listEvents],
    ['GET /v1/events/:id', shapes.expandable, 'event', events.retrieveEvent],
  ],
  webhook: [
    [
      'POST /v1/webhook_endpoints',
      shapes.newWebhookEndpoint,
      'webhook_endpoint',
      webhookEndpoints.createWebhookEndpoint,
    ],
    ['GET /v1/webhook_endpoints', shapes.page, 'list of webhook_endpoint', webhookEndpoints.listWebhookEndpoints],
    ['GET /v1/webhook_endpoints/:id', shapes.expandable, 'webhook_endpoint', webhookEndpoints.retrieveWebhookEndpoint],
    [
      'POST /v1/webhook_endpoints/:id',
      shapes.webhookEndpoint,
      'webhook_endpoint',
      webhookEndpoints.updateWebhookEndpoint,
    ],
    ['DELETE /v1/webhook_endpoints/:id', shapes.none, 'webhook_endpoint', webhookEndpoints.deleteWebhookEndpoint],
  ],
};

const routes: ReadonlyMap<string, Route> = new Map(
  Object.entries(rows).flatMap(([permission, ofPermission]) =>
    ofPermission.map(([endpoint, parameters, answers, run]) => {
      const route: Route = { endpoint, parameters, answers, permission, run };
      return [endpoint, route] as const;
    }),
  ),
);

/** The endpoint for this method and path, and the ids its path names; undefined where there is none. */
export function findRoute(method: string, path: string): FoundRoute | undefined {
  const [, version = '', resource = '', ...rest] = path.split('/').map(decodedSegment);
  const pattern = rest.map((segment, index) => (index % 2 === 0 && segment !== '' ? ':id' : segment));
  const route = routes.get(`${method} ${['', version, resource, ...pattern].join('/')}`);
  return route && { route, pathId: rest[0] ?? '', secondPathId: rest[2] ?? '' };
}

function decodedSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
