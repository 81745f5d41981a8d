import type { CustomerLookUp } from '../../../domain/gatewayAnswers.ts';
import type { CustomerId } from '../../../domain/identifiers.ts';
import { isPaymentMethodId } from '../../../domain/identifiers.ts';
import { customerSchema } from '../objects/customer.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import { readNotFound } from './answers.ts';
import { segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { get } from './operation.ts';

type KnownLook = Exclude<CustomerLookUp, { look: 'unknown' }>;

/** https://docs.stripe.com/api/customers/retrieve */
export function lookUpCustomer(apiVersion: string, customer: CustomerId): Operation<KnownLook> {
  return get(apiVersion, `/v1/customers/${segment(customer)}`, (answered) => readCustomer(customer, answered));
}

function readCustomer(asked: CustomerId, answered: Answered): Verdict<KnownLook> {
  if (answered.status !== 200) return readNotFound(answered, []);
  const { data: found } = customerSchema.safeParse(answered.body);
  if (found === undefined) return unknown('unexpectedAnswer');
  if (found.id !== asked) return unknown('unexpectedEcho');
  if (found.deleted === true) return known({ look: 'found', isDeleted: true, defaultPaymentMethodId: null });
  const { default_payment_method: defaultPaymentMethodId } = found.invoice_settings;
  if (defaultPaymentMethodId !== null && !isPaymentMethodId(defaultPaymentMethodId)) return unknown('unexpectedAnswer');
  return known({ look: 'found', isDeleted: false, defaultPaymentMethodId });
}
