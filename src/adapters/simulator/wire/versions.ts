/** The version this project is written for, and an account's own unless it is given another. */
export const defaultVersion = '2025-10-29.clover';

const versionPattern = /^\d{4}-\d{2}-\d{2}(?:\.[a-z0-9_]+)?$/;

/** What the API versions add to its objects (https://docs.stripe.com/changelog, and the types of the official SDK). */
const since = {
  customerAccount: '2025-12-15',
  managedPayments: '2026-04-22',
  allowedPaymentMethodTypes: '2026-07-29',
  sharedPaymentGrantedToken: '2026-08-26',
  workbenchLogs: '2026-01-01',
} as const;

export type Feature = keyof typeof since;

export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}

/** True where objects of this API version have the feature. */
export function has(feature: Feature, version: string): boolean {
  return version.slice(0, 10) >= since[feature];
}
