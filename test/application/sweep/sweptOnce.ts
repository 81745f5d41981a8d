import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import type { PaymentMethodsParts } from '../../../src/application/paymentMethods.ts';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { CustomerId, PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { wrapped } from '../privacy/support.ts';
import { ana, gatewayWith, hour } from '../support.ts';
import { aSweeping, kept } from './support.ts';

const evidence = { source: 'sweep', requestId: null, tries: [] } as const;
/** No answer of Stripe's. */
export const timeout = { look: 'unknown', cause: 'timeout', evidence } as const;
/** An answer of Stripe's that cannot be read. */
export const unreadable = {
  ...timeout,
  cause: 'unexpectedAnswer',
  evidence: { ...evidence, requestId: 'req_1' },
} as const;
/** A Stripe that has none of the payment methods that it is asked about. */
export const lost = { lookUp: async () => ({ ...timeout, look: 'notFound' }) as const };
/** A trail that knows no customers: events alone are swept. */
export const nobody = { knownCustomers: { list: async () => [], find: async () => undefined } };
/** No answer of the store's. */
export const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'away');

/** Customers A, B and C, their cards by the same letters, swept once; with a sweep a while later. */
export async function afterASweep() {
  const monolith = aSweeping();
  const cursors = new LocalCursors();
  for (const name of ['A', 'B', 'C']) {
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
  }
  const sweep = (
    gateway: Partial<PaymentMethodGateway> = {},
    eventStore: EventStore = monolith.store,
    others: Partial<PaymentMethodsParts> = {},
  ) => {
    monolith.passes(hour);
    const parts = { cursors, eventStore, gateway: gatewayWith(monolith.gateway, gateway), ...others };
    return monolith.sweeping(parts).sweep();
  };
  await sweep();
  const cursor = async () => kept(await cursors.load('sweep'));
  return { ...monolith, cursors, sweep, cursor };
}

type Swept = Awaited<ReturnType<typeof afterASweep>>;

/** Somebody attaches it to a customer of the same number, whom the trail does not know. */
export function attachedByOthers({ gateway }: Swept, id = 'pm_9'): Promise<unknown> {
  const customer = { kind: 'customer', id: id.replace('pm', 'cus') as CustomerId } as const;
  const asked = { customer, idempotencyKey: `theirs-${id}`, apiVersion: gateway.apiVersion };
  return gateway.attach({ ...asked, paymentMethodId: id as PaymentMethodId });
}

/** Somebody changes its card. */
export function changedByOthers({ account }: Swept, id: string, year = 2040): void {
  const headers = { authorization: 'Bearer sk_test_fake' };
  const path = `/v1/payment_methods/${id}`;
  account.receive({ method: 'POST', path, headers, body: `card[exp_year]=${year}` }).finish();
}

/** A store that is away for this payment method alone. */
export function awayFor({ store }: Swept, id: string): EventStore {
  const isOfIt = ({ stream }: { readonly stream: string }) => stream.endsWith(id);
  return wrapped(store, { append: (all) => (all.some(isOfIt) ? Promise.reject(away) : store.append(all)) });
}

/** No answer about this payment method, nor about what this customer has. */
export function silentAbout({ gateway }: Swept, pm: string, cus?: string): Partial<PaymentMethodGateway> {
  return {
    lookUp: async (id, options) => (id === pm ? timeout : gateway.lookUp(id, options)),
    listPaymentMethods: async (request, options) =>
      request.customer.id === cus ? timeout : gateway.listPaymentMethods(request, options),
  };
}
