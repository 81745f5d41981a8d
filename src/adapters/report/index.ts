export type { CustomerStory } from './customerReport.ts';
export { customerReport } from './customerReport.ts';
export type { ReportParts } from './page.ts';
export { paymentMethodReport } from './paymentMethodReport.ts';
