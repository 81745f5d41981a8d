import type { ContractCase } from './eventStore/support.ts';
import { attaching } from './paymentMethodGateway/attaching.ts';
import { detaching } from './paymentMethodGateway/detaching.ts';
import { doubting } from './paymentMethodGateway/doubting.ts';
import { listingEvents } from './paymentMethodGateway/listingEvents.ts';
import { listing } from './paymentMethodGateway/listing.ts';
import { lookingUp } from './paymentMethodGateway/lookingUp.ts';
import { settingDefaults } from './paymentMethodGateway/settingDefaults.ts';
import { settingUp } from './paymentMethodGateway/settingUp.ts';
import type { MakeGateway } from './paymentMethodGateway/support.ts';
import { caseMaker } from './paymentMethodGateway/support.ts';

/**
 * What every `PaymentMethodGateway` must do. `makeGateway` answers one that speaks to this account with this API key and
 * makes no payment method or customer by itself.
 */
export function paymentMethodGatewayContract(makeGateway: MakeGateway): readonly ContractCase[] {
  const contractCase = caseMaker(makeGateway);
  const parts = [attaching, detaching, settingDefaults, settingUp, lookingUp, listing, listingEvents, doubting];
  return parts.flatMap((part) => part(contractCase));
}
