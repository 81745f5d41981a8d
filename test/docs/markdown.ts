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

const fence = /^(?<above>.*)\n(?<indent> *)```(?<language>\w*)\n(?<body>[^]*?)^\k<indent>```$/gm;

export function fencesOf(text: string): readonly Fence[] {
  return [...`\n${text}`.matchAll(fence)].map(({ groups }) => ({
    language: groups?.['language'] ?? '',
    body: groups?.['body'] ?? '',
    above: groups?.['above'] ?? '',
  }));
}

const withoutFences = (text: string) => `\n${text}`.replace(fence, '');

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
