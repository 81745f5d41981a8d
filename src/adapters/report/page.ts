import { createHash } from 'node:crypto';
import type { Verification } from '../../application/trail/verifyTrail.ts';
import type { Field } from './fields.ts';
import { description, identifier, timeOf } from './fields.ts';
import type { Content } from './html.ts';
import { Html, html } from './html.ts';
import { styles } from './styles.ts';
import { verificationOf } from './verification.ts';

/** What every report says of itself. */
export type ReportParts = {
  readonly trail: string;
  /** what it shows is as of then, in words; as of when it was made if absent */
  readonly asOf?: string | undefined;
  readonly madeAt: Date;
  readonly verification: Verification;
};

export type PageParts = ReportParts & {
  /** `Payment method`, `Customer` */
  readonly kind: string;
  readonly id: string;
  readonly standing: Html;
  readonly timeline: Html;
};

const styleHash = createHash('sha256').update(styles).digest('base64');
/** Nothing is loaded, nothing runs, nothing is sent: but for the styles above, which are named by what they are. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

/** A whole page, in one file that needs nothing else. */
export function page({ kind, id, standing, timeline, verification, ...parts }: PageParts): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy.replaceAll("'", '&#39;'))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${kind} ${id}: audit report</title>
<style>${new Html(styles)}</style>
</head>
<body>
<header>
<p class="kind">Audit report · ${kind.toLowerCase()}</p>
<h1>${identifier(id)}</h1>
${description(aboutIt(parts))}
</header>
<main>
${section('standing', 'Where it stands', standing)}
${section('verification', 'Is the trail intact?', verificationOf(verification))}
${section('timeline', 'Who did what, when', timeline)}
</main>
<footer>
<p>Made from the trail alone, by attach-payment-method; Stripe was not asked. A request id leads to Stripe’s own log of the
request. This page needs no network and runs no script.</p>
</footer>
</body>
</html>
`;
  return text;
}

function section(id: string, heading: string, content: Content): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
${content}
</section>`;
}

function aboutIt({ trail, asOf, madeAt }: Pick<ReportParts, 'trail' | 'asOf' | 'madeAt'>): readonly Field[] {
  const asOfField: Field[] = asOf === undefined ? [] : [['As of', timeOf(asOf)]];
  return [...asOfField, ['Made', timeOf(madeAt.toISOString())], ['Trail', identifier(trail)]];
}
