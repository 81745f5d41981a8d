import { deepEqual, equal, ok } from 'node:assert/strict';
import type { PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { anAttach, keyed } from './support.ts';

const longAgo = { createdFrom: 0 };

export function listingEvents(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('lists what happened to payment methods, newest first, as ingest takes it', async (setting) => {
      const { account, gateway } = setting;
      const { paymentMethodId, customer } = anAttach(account, 'key-1');
      await gateway.attach({ paymentMethodId, customer, ...keyed('key-1') });
      await gateway.detach({ paymentMethodId, ...keyed('key-2') });
      const { evidence, ...page } = await gateway.listEvents(longAgo);
      equal(evidence.source, 'sweep');
      ok(page.look === 'found' && !page.hasMore);
      const [detached, attached, ...more] = page.events.map(({ notification }) => notification);
      deepEqual(more, []);
      ok(detached?.type === 'paymentMethodDetached' && attached?.type === 'paymentMethodAttached');
      deepEqual([detached.customer, detached.idempotencyKey], [customer, 'key-2']);
      deepEqual([attached.paymentMethod.customer, attached.idempotencyKey], [customer, 'key-1']);
      deepEqual([attached.paymentMethod.paymentMethodId, detached.paymentMethod.customer], [paymentMethodId, null]);
      ok(page.events.every(({ eventId, notification }) => notification?.notificationId === eventId));
    }),
    contractCase('lists no event of another type', async ({ account, gateway }) => {
      const { paymentMethodId, customer } = anAttach(account);
      ok(customer.kind === 'customer');
      await gateway.attach({ paymentMethodId, customer, ...keyed() });
      await gateway.setDefault({ paymentMethodId, customer: customer.id, ...keyed('key-2') });
      deepEqual(await types(gateway), ['paymentMethodAttached']);
    }),
    contractCase('lists events page by page, each once', async ({ account, gateway }) => {
      for (const key of ['key-1', 'key-2', 'key-3', 'key-4', 'key-5']) await gateway.attach(anAttach(account, key));
      const ids: string[] = [];
      for (let hasMore = true; hasMore; ) {
        const page = await gateway.listEvents({ ...longAgo, limit: 2, after: ids.at(-1) });
        ok(page.look === 'found');
        ids.push(...page.events.map(({ eventId }) => eventId));
        ({ hasMore } = page);
      }
      equal(new Set(ids).size, 5);
      equal(ids.length, 5);
    }),
    contractCase('lists no event from before an instant', async ({ account, gateway }) => {
      await gateway.attach(anAttach(account, 'key-1'));
      const page = await gateway.listEvents(longAgo);
      const [first] = page.look === 'found' ? page.events : [];
      ok(first !== undefined);
      deepEqual(await types(gateway, first.created), ['paymentMethodAttached']);
      deepEqual(await types(gateway, first.created + 1), []);
    }),
    contractCase('lists no event from after an instant', async ({ account, gateway }) => {
      await gateway.attach(anAttach(account, 'key-1'));
      const page = await gateway.listEvents(longAgo);
      const [first] = page.look === 'found' ? page.events : [];
      ok(first !== undefined);
      deepEqual(await types(gateway, 0, first.created), ['paymentMethodAttached']);
      deepEqual(await types(gateway, 0, first.created - 1), []);
    }),
    contractCase('says so when the event to go on after is gone', async ({ gateway }) => {
      equal((await gateway.listEvents({ ...longAgo, after: 'evt_Gone' })).look, 'notFound');
    }),
  ];
}

async function types(gateway: PaymentMethodGateway, createdFrom = 0, createdTo?: number) {
  const page = await gateway.listEvents({ createdFrom, createdTo });
  ok(page.look === 'found');
  return page.events.map(({ notification }) => notification?.type);
}
