/**
 * A primary key as people read it: `id 42`, `tenant_id 7, name a`. The ledger keeps it as canonical JSON; whatever is none is
 * shown as it stands.
 */
export function sayRowKey(key: string): string {
  const parsed = parse(key)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return key
  const columns = Object.entries(parsed)
  if (columns.length === 0) return key
  return columns.map(([column, value]) => `${column} ${sayValue(value)}`).join(', ')
}

function sayValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
