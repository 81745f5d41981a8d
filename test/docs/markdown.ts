import { readdir, readFile } from 'node:fs/promises';

/** A Markdown file of the repository, by its path from the root. */
export type Page = { readonly path: string; readonly text: string };

/** A fenced block: what it holds, and the line above it, where a comment may say what it comes from. */
export type Fence = { readonly language: string; readonly body: string; readonly above: string };

export type Link = { readonly target: string; readonly title: string | undefined };

const notOurs = new Set(['node_modules', 'dist', 'coverage']);

/** Every Markdown file of the repository, but those of folders that git ignores or that begin with a dot. */
export async function allPages(folder = '.'): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || notOurs.has(entry.name)) continue;
    if (entry.isDirectory()) pages.push(...(await allPages(path)));
    else if (entry.name.endsWith('.md')) pages.push({ path, text: await readFile(path, 'utf8') });
  }
  return pages;
}

/** A page's fenced blocks, and its text without them. */
function partsOf(text: string): { readonly fences: readonly Fence[]; readonly prose: string } {
  const [fences, prose]: [Fence[], string[]] = [[], []];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent, language = ''] = /^( *)```(\w*)$/.exec(lines[at] ?? '') ?? [];
    const end = indent === undefined ? -1 : lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end === -1) {
      prose.push(lines[at] ?? '');
      continue;
    }
    const body = lines.slice(at + 1, end).map((line) => `${line}\n`);
    fences.push({ language, body: body.join(''), above: lines[at - 1] ?? '' });
    at = end;
  }
  return { fences, prose: prose.join('\n') };
}

export const fencesOf = (text: string) => partsOf(text).fences;

const withoutFences = (text: string) => partsOf(text).prose;

/** The links of a page's prose, images too. */
export function linksOf(text: string): readonly Link[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, '`code`');
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)(?:\s+"(?<title>[^"]*)")?\)/g)].map(({ groups }) => ({
    target: groups?.['target'] ?? '',
    title: groups?.['title'],
  }));
}

/** The files and folders of this repository that a page's prose names, in code spans. */
export function pathsNamedIn(text: string): readonly string[] {
  const named = /`(?<path>(?:src|test|docs|migrations|examples|bench|sim|chaos|verifier)\/[\w./-]*)`/g;
  return [...withoutFences(text).matchAll(named)].map(({ groups }) => groups?.['path'] ?? '');
}

/** What can stand behind the # of a link to a page: its headings, spelled as GitHub spells them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
