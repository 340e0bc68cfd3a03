import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

const Secrets = z.object({
  authSecret: z.string().min(32),
  routerToken: z.string().min(32),
  metricsToken: z.string().min(32),
})
export type Secrets = z.infer<typeof Secrets>

const SECRET_BYTES = 32
const make = (): string => randomBytes(SECRET_BYTES).toString('base64url')

/** The console's own secrets on the embedded default: made at the first start, kept in the data directory with mode 600. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text !== null) {
    const parsed = z.safeParse(Secrets, JSON.parse(text))
    if (!parsed.success) throw new Error(`${file} is damaged. Restore it, or begin anew with --fresh.`)
    return parsed.data
  }
  const secrets: Secrets = { authSecret: make(), routerToken: make(), metricsToken: make() }
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return secrets
}
