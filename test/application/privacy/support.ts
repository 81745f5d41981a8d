import type { CustomerId, CustomerReference } from '../../../src/domain/identifiers.ts';

export const ana = 'cus_Ana' as CustomerId;
export const ben = 'cus_Ben' as CustomerId;
export const referenceTo = (id: CustomerId): CustomerReference => ({ kind: 'customer', id });
