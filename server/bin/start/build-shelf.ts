import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { invariant } from '@/model/invariant'
import { isAlive, ownerOf, readOwner, withLock, writeOwner } from './lock-file'

/** Beside those that a live process serves: enough to go back to the version before the last one without building it. */
export const BUILDS_KEPT_MAX = 3
const LOCK_TIMEOUT_MS = 30_000
const TRASH = 'trash-'

/**
 * Finished builds, one directory for each hash of the sources. A build is never changed once it stands here, and never
 * removed while a live process claims it: two versions of one checkout can be served at the same time.
 */
export type BuildShelf = {
  /** The directory of a build, claimed for the process `pid` until it ends; null when there is no such build. */
  claim(name: string, pid?: number): Promise<string | null>
  /** Moves a finished build from `from` onto the shelf and claims it; what others put there under this name stays. */
  put(name: string, from: string, pid?: number): Promise<string>
}

export function openBuildShelf(dir: string): BuildShelf {
  const claimsDir = path.join(dir, 'claims')
  const placeOf = (name: string) => path.join(dir, name)

  // Claiming and removing take turns, so that nothing is removed between being found and being claimed.
  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await mkdir(claimsDir, { recursive: true })
    return withLock(path.join(dir, 'shelf.lock'), { timeoutMs: LOCK_TIMEOUT_MS }, work)
  }

  async function claimStanding(name: string, pid: number): Promise<string | null> {
    const place = placeOf(name)
    if (!(await stat(place).catch(() => null))) return null
    const owner = await ownerOf(pid)
    invariant(owner, `Process ${pid} claims a build and does not run`)
    await writeOwner(path.join(claimsDir, `${name}.${pid}`), owner)
    const now = new Date()
    await utimes(place, now, now) // what is used counts as new
    return place
  }

  return {
    claim: (name, pid = process.pid) => inTurn(() => claimStanding(name, pid)),
    put: (name, from, pid = process.pid) =>
      inTurn(async () => {
        if (!(await stat(placeOf(name)).catch(() => null))) await rename(from, placeOf(name))
        const place = await claimStanding(name, pid)
        invariant(place, `The build ${name} was put on the shelf and is not there`)
        await removeOld(dir, await claimedNames(claimsDir))
        return place
      }),
  }
}

/** Removed under another name first: a start that is killed meanwhile leaves no half of a build under a build's name. */
async function removeOld(dir: string, claimed: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'claims').map(({ name }) => name)
  const builds = await Promise.all(
    folders
      .filter((name) => !name.startsWith(TRASH))
      .map(async (name) => ({ name, usedAtMs: (await stat(path.join(dir, name))).mtimeMs })),
  )
  const old = builds.sort((a, b) => b.usedAtMs - a.usedAtMs).slice(BUILDS_KEPT_MAX)
  for (const { name } of old)
    if (!claimed.has(name)) await rename(path.join(dir, name), path.join(dir, `${TRASH}${name}`))
  for (const name of await readdir(dir))
    if (name.startsWith(TRASH)) await rm(path.join(dir, name), { recursive: true, force: true })
}

/** Builds that a live process claims. The claims of the dead are cleared away. */
async function claimedNames(claimsDir: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (const file of await readdir(claimsDir)) {
    const owner = await readOwner(path.join(claimsDir, file))
    if (owner && (await isAlive(owner))) names.add(file.slice(0, file.lastIndexOf('.')))
    else await rm(path.join(claimsDir, file), { force: true })
  }
  return names
}
