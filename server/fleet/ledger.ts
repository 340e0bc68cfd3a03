import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import { readJsonFile } from './json-files'

export const LEDGER_FILE = 'fleet-ports.json'

/** The ports of the last start, so that the next one finds the same estate at the same addresses. */
const Ledger = z.object({
  version: z.literal(1),
  members: z.record(z.string(), z.number()),
  /** Key: `<region>><member>`. */
  relays: z.record(z.string(), z.number()),
})
export type Ledger = z.infer<typeof Ledger>

export function relayKey(fromRegion: string, member: string): string {
  return `${fromRegion}>${member}`
}

export async function loadLedger(path: string): Promise<Ledger> {
  return (await readJsonFile(path, Ledger)) ?? { version: 1, members: {}, relays: {} }
}

export async function saveLedger(path: string, ledger: Ledger): Promise<void> {
  await writeKeptFile(path, ledger)
}
