export type { FakeFaultOptions, FakePaymentGatewayOptions, FakeRequest } from './fakePaymentGateway.ts';
export { FakePaymentGateway } from './fakePaymentGateway.ts';
