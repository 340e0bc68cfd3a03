import { open, readFile, rename } from 'node:fs/promises'
import type { z } from 'zod'
import { FleetError } from './fleet-error'

/** The parsed file, or null when there is none. A file that is not what it should be is never overwritten: it throws. */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new FleetError('corrupt-data-dir', `${path} cannot be read (${error.code}).`)
  })
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError(
      'corrupt-data-dir',
      `${path} is damaged. Restore it, or start anew with --fresh (all data goes).`,
      { cause },
    )
  }
}

/** Writes the whole file or nothing, readable by its owner only. */
export async function writeJsonFile(path: string, content: unknown): Promise<void> {
  const next = `${path}.${process.pid}.tmp`
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
}
