export type { FakeFaultOptions, FakePaymentGatewayOptions } from './options.ts';
export { FakePaymentGateway } from './fakePaymentGateway.ts';
export type { FakeRequest } from './requests.ts';
