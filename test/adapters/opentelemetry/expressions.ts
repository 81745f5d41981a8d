import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A rule of docs/observability/alerts.yml. */
export type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};

const labelList = /\b(?:by|on|ignoring|group_left) \(([^)]*)\)/g;

type Dashboard = {
  readonly panels: readonly { title: string; targets?: readonly { expr: string; legendFormat: string }[] }[];
};

/** What is asked of Prometheus, where, and the labels that are named in what is shown of the answer. */
export type Expression = { readonly in: string; readonly expr: string; readonly shown: readonly string[] };

export function panels(): readonly Expression[] {
  const dashboard = JSON.parse(readFileSync('docs/observability/dashboard.json', 'utf8')) as Dashboard;
  return dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ in: title, expr, shown: matches(legendFormat, /\{\{(\w+)\}\}/g) })),
  );
}

export function rules(): readonly Rule[] {
  const file = parse(readFileSync('docs/observability/alerts.yml', 'utf8')) as { readonly groups: { rules: Rule[] }[] };
  return file.groups.flatMap((group) => group.rules);
}

export function alerts(): readonly Expression[] {
  return rules().map(({ alert, expr, annotations }) => ({
    in: alert,
    expr,
    shown: matches(annotations.summary, /\$labels\.(\w+)/g),
  }));
}

/** A metric as an expression asks for it. */
export type Selector = {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
};

/** Every metric of ours in it, with what it is narrowed to. */
export function selectorsIn(expr: string): readonly Selector[] {
  const withoutLabels = expr.replaceAll(labelList, '');
  return [...withoutLabels.matchAll(/\b(payment_methods_\w+)(?:\{([^}]*)\})?/g)].map(([, metric = '', inner = '']) => ({
    metric,
    matchers: [...inner.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].map(([, label = '', value = '']) => ({
      label,
      values: value.split('|').filter((text) => text !== '' && text !== '$trail'),
    })),
  }));
}

/** Labels that an expression keeps or leaves out, or matches by. */
export function labelListsIn(expr: string): readonly string[] {
  return [...expr.matchAll(labelList)].flatMap(([, inner = '']) => inner.split(', ').filter((label) => label !== ''));
}

/** Each aggregation: the labels that it keeps, and the metrics that it is made over. */
export function aggregationsIn(expr: string) {
  return [...expr.matchAll(/\b(?:sum|max|min)\b(?: by \(([^)]*)\))? ?\(/g)].map((found) => ({
    by: (found[1] ?? '').split(', ').filter((label) => label !== ''),
    over: selectorsIn(parenthesized(expr, found.index + found[0].length)),
  }));
}

/** From behind a parenthesis to the one that closes it. */
function parenthesized(expr: string, from: number): string {
  let depth = 1;
  let end = from;
  for (; depth > 0 && end < expr.length; end += 1) {
    if (expr[end] === '(') depth += 1;
    if (expr[end] === ')') depth -= 1;
  }
  return expr.slice(from, end - 1);
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}
