import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a folder and whatever is missing above it, one level at a time: Node's own recursive mkdir never returns from a
 * file system that answers ENOENT to every mkdir, such as /proc. Rejects with the system's error and its `code`.
 */
export async function makeFolder(folder: string, { mode }: { mode: number }): Promise<void> {
  for (const level of await missingLevels(folder)) await makeLevel(level, mode)
}

/** The folder itself, or the nearest one above it that exists. Rejects when something on the way is no folder. */
export async function nearestFolder(folder: string): Promise<string> {
  const [topmost] = await missingLevels(folder)
  return topmost === undefined ? folder : path.dirname(topmost)
}

/** Outermost first; none when the folder exists. */
async function missingLevels(folder: string): Promise<string[]> {
  const missing: string[] = []
  let level = folder
  while (!(await isFolder(level))) {
    missing.unshift(level)
    level = path.dirname(level)
  }
  return missing
}

async function makeLevel(level: string, mode: number): Promise<void> {
  await mkdir(level, { mode }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || !(await isFolder(level))) throw error // else another process made it meanwhile
  })
}

async function isFolder(place: string): Promise<boolean> {
  try {
    if ((await stat(place)).isDirectory()) return true
  } catch (error) {
    // The root always exists; without it there is nothing to make a folder in.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && path.dirname(place) !== place) return false
    throw error
  }
  throw Object.assign(new Error(`${place} is not a folder.`), { code: 'ENOTDIR' })
}
