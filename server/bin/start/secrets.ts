import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { readKeptFile, readOrMakeKeptFile } from '@/server/kept-file'

const Secrets = z.object({
  authSecret: z.string().min(32),
  routerToken: z.string().min(32),
  metricsToken: z.string().min(32),
})
export type Secrets = z.infer<typeof Secrets>

export const SECRETS_FILE = 'secrets.json'
const SECRET_BYTES = 32
const make = (): string => randomBytes(SECRET_BYTES).toString('base64url')

/** The console's own secrets on the embedded default: made at the first start, kept in the data directory with mode 600. */
export function loadSecrets(dataDir: string): Promise<Secrets> {
  return readOrMakeKeptFile(fileOf(dataDir), Secrets, () => ({
    authSecret: make(),
    routerToken: make(),
    metricsToken: make(),
  }))
}

/** Null before the first start. Throws with what to do when the file is not what it should be; it is left as it is. */
export function readSecrets(dataDir: string): Promise<Secrets | null> {
  return readKeptFile(fileOf(dataDir), Secrets)
}

const fileOf = (dataDir: string): string => path.join(dataDir, SECRETS_FILE)
