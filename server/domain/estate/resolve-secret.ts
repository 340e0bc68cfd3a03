import { readFile } from 'node:fs/promises'
import { DomainError } from '@/model/errors'

const ENV_REF = /^env:([A-Za-z_][A-Za-z0-9_]*)$/
const FILE_REF = /^file:([^#]+)#([A-Za-z0-9_.-]+)$/

/** `env:NAME`, or `file:PATH#KEY` for a JSON file, where KEY may be a dotted path such as `cells.sin.app`. */
export function isSecretRef(ref: string): boolean {
  return ENV_REF.test(ref) || FILE_REF.test(ref)
}

/** The secret behind a reference. The error names the reference, which is not secret, and never a value. */
export async function resolveSecret(ref: string): Promise<string> {
  const variable = ENV_REF.exec(ref)?.[1]
  if (variable) return process.env[variable] || missing(`The environment variable ${variable} is not set.`)
  const file = FILE_REF.exec(ref)
  if (!file) return missing('A secret is named in a way that Homeport does not know: use env:NAME or file:PATH#KEY.')
  const [, path, key] = file as unknown as [string, string, string]
  const value = key.split('.').reduce<unknown>(childOf, await readJson(path))
  return typeof value === 'string' && value !== '' ? value : missing(`There is no ${key} in ${path}.`)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return missing(`The secrets file ${path} cannot be read as JSON.`)
  }
}

function childOf(parent: unknown, key: string): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key)
    ? (parent as Record<string, unknown>)[key]
    : undefined
}

function missing(says: string): never {
  throw new DomainError('unavailable', says)
}
