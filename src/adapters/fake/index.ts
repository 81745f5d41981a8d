export type { FakeFaultOptions, FakePaymentGatewayOptions } from './fakePaymentGateway.ts';
export { FakePaymentGateway } from './fakePaymentGateway.ts';
export type { FakeRequest } from './requests.ts';
