import { sayAfterColon } from '@/model/probe-words'
import type { SettingsReport } from '@/server/engines/contract'
import type { Found } from './found'

const DIFFERENCES_TOLD_MAX = 5

/** Pure: a standby that is set up otherwise is a surprise kept for the worst moment. */
export function compareSettings(
  settings: ReadonlyMap<string, SettingsReport>,
  source: string | null,
  standby: string | null,
): Found {
  if (!source || !standby) return { outcome: 'unknown', says: 'There is nothing to compare.' }
  const [ours, theirs] = [settings.get(source), settings.get(standby)]
  for (const [member, report] of [
    [source, ours],
    [standby, theirs],
  ] as const)
    if (!report?.reachable)
      return {
        outcome: 'unknown',
        says: `${member} was not asked how it is set up: ${sayAfterColon(report?.detail ?? null)}`,
      }
  if (!ours?.reachable || !theirs?.reachable) return { outcome: 'unknown', says: 'Not both answered.' }
  const names = [...new Set([...Object.keys(ours.values), ...Object.keys(theirs.values)])].sort()
  const differences = names
    .filter((name) => ours.values[name] !== theirs.values[name])
    .map(
      (name) =>
        `${name} is ${sayValue(ours.values[name])} on ${source} and ${sayValue(theirs.values[name])} on ${standby}`,
    )
  if (differences.length === 0)
    return {
      outcome: 'passed',
      says: `${standby} and ${source} agree in all ${names.length} settings that are compared.`,
    }
  const more = differences.length > DIFFERENCES_TOLD_MAX ? ` and ${differences.length - DIFFERENCES_TOLD_MAX} more` : ''
  return { outcome: 'failed', says: `${differences.slice(0, DIFFERENCES_TOLD_MAX).join('; ')}${more}.` }
}

function sayValue(value: string | undefined): string {
  return value === undefined ? 'absent' : value === '' ? 'empty' : value
}
