import type { Migration } from '../migrations.ts';
import type { PgRow } from '../pool.ts';
import { query } from '../query.ts';
import type { Examined, Finding } from './findings.ts';
import { restoreCure } from './findings.ts';

type FunctionText = {
  readonly body: string;
  readonly securityDefiner: boolean;
  /** `name=value`, sorted and joined */
  readonly settings: string;
};

const definitions =
  /create (?:or replace )?function :schema\.(?<name>\w+)\((?<header>[^$]*?)as \$\$(?<body>[^]*?)\$\$/g;
const settings = /\bset (?<name>\w+) (?:=|to) (?<value>[^\n]+?)\s*(?=\n|$|\bset |\bsecurity |\blanguage )/g;

/** The functions that the migrations make, by name: the last definition is the one that counts. */
function expectedFunctions(migrations: readonly Migration[], quoted: string): Map<string, FunctionText> {
  const functions = new Map<string, FunctionText>();
  for (const { sql } of migrations) {
    for (const { groups = {} } of sql.replaceAll('\r\n', '\n').matchAll(definitions)) {
      const { name = '', header = '', body = '' } = groups;
      const clauses = header.replaceAll(/--.*$/gm, '');
      functions.set(name, {
        body: body.replaceAll(':schema', quoted),
        securityDefiner: clauses.includes('security definer'),
        settings: [...clauses.matchAll(settings)]
          .map((set) => `${set[1]}=${set[2]}`)
          .sort()
          .join('; '),
      });
    }
  }
  return functions;
}

/** `kind` f: an aggregate has no text of its own. */
const found = `
  select p.proname::text as name, p.oid::regprocedure::text as signature, replace(p.prosrc, e'\\r\\n', e'\\n') as body,
    p.prosecdef::text as security_definer,
    (select coalesce(string_agg(s, '; ' order by s collate "C"), '') from unnest(p.proconfig) s) as settings,
    case when p.proowner <> c.relowner then p.proowner::regrole::text end as other_owner
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  left join pg_class c on c.relnamespace = n.oid and c.relname = 'events'
  where n.nspname = $1 and p.prokind = 'f' and p.proname = any (string_to_array($2, ','))
  order by 1, 2`;

/** Each function is, to the letter, what the migrations make, and stands alone under its name. */
export async function checkFunctions({ connection, schema, quoted, migrations }: Examined): Promise<Finding[]> {
  const expected = expectedFunctions(migrations, quoted);
  const rows = await query(connection, found, [schema, [...expected.keys()].join(',')]);
  return [...expected].flatMap(([name, wanted]) => {
    const [row, ...others] = rows.filter((candidate) => candidate['name'] === name);
    if (row === undefined) return [missingFunction(name, quoted)];
    return [...changes(row, wanted), ...others.map((other) => changed(other, 'is another one of the same name'))];
  });
}

function missingFunction(name: string, quoted: string): Finding {
  return {
    code: 'FUNCTION_MISSING',
    message: `There is no function ${quoted}.${name}.`,
    cure: restoreCure,
  };
}

function changes(row: PgRow, wanted: FunctionText): Finding[] {
  const findings: Finding[] = [];
  const isDefiner = row['security_definer'] === 'true';
  if (row['body'] !== wanted.body) findings.push(changed(row, 'has another body than the migrations give it'));
  if (row['other_owner'] !== null)
    findings.push(changed(row, `belongs to ${row['other_owner']}, who does not own the events`));
  if (isDefiner && !wanted.securityDefiner) findings.push(changed(row, 'has become SECURITY DEFINER'));
  if (!isDefiner && wanted.securityDefiner) {
    findings.push({
      code: 'FUNCTION_NOT_SECURITY_DEFINER',
      message: `Function ${row['signature']} is not SECURITY DEFINER: whoever appends would need rights on the tables.`,
      cure: `alter function ${row['signature']} security definer;`,
    });
  }
  if (row['settings'] !== wanted.settings) {
    findings.push({
      code: 'FUNCTION_SETTINGS_CHANGED',
      message: `Function ${row['signature']} runs with the settings (${row['settings']}); they should be (${wanted.settings}).`,
      cure: `alter function ${row['signature']} reset all; then alter function ${row['signature']} set … for each that it should have.`,
    });
  }
  return findings;
}

function changed(row: PgRow, how: string): Finding {
  return { code: 'FUNCTION_CHANGED', message: `Function ${row['signature']} ${how}.`, cure: restoreCure };
}
