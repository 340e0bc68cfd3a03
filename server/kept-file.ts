import { open, readFile, rename } from 'node:fs/promises'
import type { z } from 'zod'

/**
 * What `file` of a data directory holds, or null when there is none yet. Throws with what to do when it is not what it should
 * be; a damaged file is left as it is.
 */
export async function readKeptFile<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Error(`${file} cannot be read (${error.code}). Restore it, or begin anew with --fresh (all data goes).`)
  })
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${file} is damaged. Restore it, or begin anew with --fresh (all data goes).`, { cause })
  }
}

/** Whole or not at all, even on a disk that fills up meanwhile, and never readable by others, not even for a moment. */
export async function writeKeptFile(file: string, content: unknown): Promise<void> {
  const draft = `${file}.${process.pid}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
