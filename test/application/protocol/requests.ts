import type { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { aMonolith, gatewayWith } from '../support.ts';

export type Monolith = ReturnType<typeof aMonolith>;
export type Sent = 'detach' | 'setDefault' | 'createSetupIntent';

const pm = { paymentMethodId: 'pm_1', actor: 'user-7' };

/** The kinds of requests that are not an attach: how each is called, what it is sent by, and what it leaves when it is done. */
export const kinds = {
  detach: {
    call: (paymentMethods: PaymentMethods, attemptId: string) => paymentMethods.detach({ ...pm, attemptId }),
    outcome: 'detached',
    requested: 'DetachmentRequested',
    doubted: 'DetachmentOutcomeUnknown',
    done: 'PaymentMethodDetached',
  },
  setDefault: {
    call: (paymentMethods: PaymentMethods, attemptId: string) =>
      paymentMethods.setDefault({ ...pm, customer: 'cus_Ana', attemptId }),
    outcome: 'set',
    requested: 'DefaultPaymentMethodRequested',
    doubted: 'DefaultPaymentMethodOutcomeUnknown',
    done: 'DefaultPaymentMethodSet',
  },
  createSetupIntent: {
    call: (paymentMethods: PaymentMethods, attemptId: string) =>
      paymentMethods.beginSetup({ actor: 'user-7', customer: 'cus_Ana', attemptId }),
    outcome: 'begun',
    requested: 'SetupRequested',
    doubted: 'SetupOutcomeUnknown',
    done: 'SetupBegun',
  },
} as const;

export const every = Object.entries(kinds).map(([sent, kind]) => ({ sent: sent as Sent, ...kind }));

/** What the trail of `withAttached` begins with. */
export const known = ['AttachmentRequested', 'PaymentMethodAttached'];

/** A monolith whose Stripe has pm_1, attached to nobody, and Ana. */
export function withUnattached(): Monolith {
  const monolith = aMonolith();
  monolith.account.addCustomer('cus_Ana');
  monolith.account.addPaymentMethod({ id: 'pm_1' });
  return monolith;
}

/** A monolith that has attached pm_1 to Ana. */
export async function withAttached(): Promise<Monolith> {
  const monolith = withUnattached();
  await monolith.paymentMethods.attach({ ...pm, customer: 'cus_Ana', attemptId: 'joined' });
  return monolith;
}

/** The keys that requests of this kind went out under, in order. */
export function keysOf({ gateway }: Monolith, sent: Sent): string[] {
  return gateway.requests.flatMap((one) =>
    one.method === sent && 'idempotencyKey' in one ? [one.idempotencyKey] : [],
  );
}

/** The gateway with something around what it sends by this method; `send` does it. */
export function around(
  gateway: PaymentMethodGateway,
  sent: Sent,
  wrap: (send: () => Promise<unknown>) => Promise<unknown>,
): PaymentMethodGateway {
  const send = gateway[sent].bind(gateway) as (...args: unknown[]) => Promise<unknown>;
  return gatewayWith(gateway, { [sent]: (...args: unknown[]) => wrap(() => send(...args)) });
}
