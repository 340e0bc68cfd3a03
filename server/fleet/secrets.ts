import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import type { Estate } from './estate'
import { readJsonFile } from './json-files'

export const SECRETS_FILE = 'fleet-secrets.json'
const PASSWORD_BYTES = 24

/** Passwords of one cell. `app` is the catalog's `homeport` role there. Letters, digits, - and _ only: safe in a DSN. */
const CellSecrets = z.object({ admin: z.string(), app: z.string(), replicator: z.string() })
export type CellSecrets = z.infer<typeof CellSecrets>

const FleetSecrets = z.object({ version: z.literal(1), cells: z.record(z.string(), CellSecrets) })

/** The passwords of every cell, made at the first start and kept with mode 600. */
export async function loadSecrets(path: string, estate: Estate): Promise<Record<string, CellSecrets>> {
  const stored = await readJsonFile(path, FleetSecrets)
  const cells = { ...stored?.cells }
  for (const cell of estate.cells) cells[cell.name] ??= { admin: password(), app: password(), replicator: password() }
  await writeKeptFile(path, { version: 1, cells } satisfies z.infer<typeof FleetSecrets>)
  return cells
}

function password(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url')
}
