import type { z } from 'zod'
import { readKeptFile } from '@/server/kept-file'
import { FleetError } from './fleet-error'

/** The parsed file, or null when there is none. A file that is not what it should be is never overwritten: it throws. */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return await readKeptFile(path, schema)
  } catch (cause) {
    throw new FleetError('corrupt-data-dir', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
