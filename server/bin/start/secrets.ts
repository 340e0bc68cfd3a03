import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
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
  const kept = await readSecrets(dataDir)
  if (kept) return kept
  const secrets: Secrets = { authSecret: make(), routerToken: make(), metricsToken: make() }
  await writeSecrets(fileOf(dataDir), secrets)
  return secrets
}

/** Null before the first start. Throws with what to do when the file is not what it should be; it is left as it is. */
export async function readSecrets(dataDir: string): Promise<Secrets | null> {
  const file = fileOf(dataDir)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Error(`${file} cannot be read (${error.code}). Restore it, or begin anew with --fresh.`)
  })
  if (text === null) return null
  try {
    return Secrets.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${file} is damaged. Restore it, or begin anew with --fresh.`, { cause })
  }
}

const fileOf = (dataDir: string): string => path.join(dataDir, 'secrets.json')

/** Whole or not at all: a disk that fills up meanwhile leaves no half of a file under its name. */
async function writeSecrets(file: string, secrets: Secrets): Promise<void> {
  const draft = `${file}.${process.pid}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
