import { clientRules } from './clientRules.ts';
import { defaultRules } from './defaultRules.ts';
import { detailRules } from './detailRules.ts';
import { keyRules } from './keyRules.ts';
import type { Judgement, Verdict } from './logs.ts';
import { privacyRules } from './privacyRules.ts';
import { setupRules } from './setupRules.ts';
import { stripeRules } from './stripeRules.ts';
import { trailRules } from './trailRules.ts';
import type { View } from './view.ts';

/** One rule of what must hold, judged over the three logs alone: the callers', Stripe's and the trail. */
export type Rule = {
  readonly name: string;
  readonly judge: (view: View) => Judgement;
};

export type Judged = Judgement & { readonly rule: string; readonly verdict: Verdict };

/** Every rule, judged. The same for a simulated run as for one on real servers. */
export function check(view: View): readonly Judged[] {
  return [
    ...trailRules,
    ...stripeRules,
    ...keyRules,
    ...clientRules,
    ...defaultRules,
    ...setupRules,
    ...detailRules,
    ...privacyRules,
  ].map(({ name, judge }) => ({
    rule: name,
    ...judge(view),
  }));
}
