import type * as z from 'zod';
import type { AccountWorld, NewPaymentMethod } from '../account/accountWorld.ts';
import type { StripeAccount } from '../account/stripeAccount.ts';
import { camelized } from './camelized.ts';
import type { controlSchemas } from './controlSchemas.ts';

type State = z.infer<typeof controlSchemas.state>;
type GivenPaymentMethod = NonNullable<State['payment_methods']>[number];
type GivenCustomer = NonNullable<State['customers']>[number];

/** Adds what is given to what is there, and answers the ids in the order they were given. */
export function loadState(account: StripeAccount, state: State) {
  for (const id of state.connected_accounts ?? []) account.connectAccount(id);
  const world = account.in({ account: state.account, livemode: state.livemode });
  return {
    customer_accounts: (state.customer_accounts ?? []).map((id) => world.addCustomerAccount(id)),
    customers: (state.customers ?? []).map((customer) => addCustomer(world, customer)),
    payment_methods: (state.payment_methods ?? []).map((one) => world.addPaymentMethod(newPaymentMethod(one))),
  };
}

function addCustomer(world: AccountWorld, { metadata, default_payment_method, ...texts }: GivenCustomer): string {
  return world.addCustomer({
    ...camelized(texts),
    ...(metadata === undefined ? {} : { metadata }),
    ...(default_payment_method === undefined ? {} : { defaultPaymentMethod: default_payment_method }),
  });
}

function newPaymentMethod(given: GivenPaymentMethod): NewPaymentMethod {
  const { customer, customer_account, test_card, detached, ...rest } = given;
  return {
    ...camelized(rest),
    ...(test_card === undefined ? {} : { instrument: test_card }),
    ...(detached === undefined ? {} : { spent: detached }),
    ...(customer === undefined ? {} : { owner: { kind: 'customer', id: customer } }),
    ...(customer_account === undefined ? {} : { owner: { kind: 'customerAccount', id: customer_account } }),
  };
}
