import type { CustomerRecord } from './records.ts';

/** A customer of whom nothing is known. */
export function newCustomer(id: string, invoicePrefix: string, created: number): CustomerRecord {
  return {
    id,
    created,
    name: null,
    email: null,
    phone: null,
    description: null,
    metadata: {},
    defaultPaymentMethod: null,
    given: {},
    invoiceSettings: {},
    invoicePrefix,
    account: null,
    deleted: false,
  };
}
