import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
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

/**
 * What `file` holds; when there is none yet, it is made of `make()`. Of two processes that make it at once, both get what the
 * first one made: the judge is the file system, where of two links to one name only one is made.
 */
export async function readOrMakeKeptFile<T>(file: string, schema: z.ZodType<T>, make: () => T): Promise<T> {
  const kept = await readKeptFile(file, schema)
  if (kept !== null) return kept
  const made = make()
  const draft = await writeDraft(file, made)
  try {
    await link(draft, file)
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readOrMakeKeptFile(file, schema, make)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Whole or not at all, even on a disk that fills up meanwhile, and never readable by others, not even for a moment. */
export async function writeKeptFile(file: string, content: unknown): Promise<void> {
  await rename(await writeDraft(file, content), file)
}

async function writeDraft(file: string, content: unknown): Promise<string> {
  const draft = `${file}.${process.pid}-${randomUUID()}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}
