import { findRegion } from '@/model/regions'
import { FleetError } from './fleet-error'

/** The servers to run, as data. */
export type Estate = { cells: readonly CellSpec[] }

/**
 * One database family. The first member starts as the primary, the others as its standbys. After that the servers
 * themselves know what they are: nothing here promotes, and a restart never changes a role.
 * `kind: 'catalog'` is the console's own database: one ordinary owner role instead of the gate's admin and app pair.
 */
export type CellSpec = {
  name: string
  kind: 'cell' | 'catalog'
  database: string
  members: readonly MemberSpec[]
  /** PostgreSQL settings on top of the fleet's own (settings.ts), for every member. */
  settings?: Readonly<Record<string, string>>
}

export type MemberSpec = { name: string; region: string }

const NAME = /^[a-z][a-z0-9-]{0,30}$/
const DATABASE = /^[a-z][a-z0-9_]{0,30}$/
const MEMBERS_MAX = 40

/** Every region in which a server stands: the places between which there are links. */
export function regionsOf(estate: Estate): string[] {
  return [...new Set(estate.cells.flatMap((cell) => cell.members.map((member) => member.region)))].sort()
}

/** Throws `bad-request` with the first thing that is wrong. */
export function checkEstate(estate: Estate): Estate {
  const names = new Set<string>()
  for (const cell of estate.cells) {
    expect(NAME.test(cell.name), `Cell name "${cell.name}" must be lower-case letters, digits and dashes.`)
    expect(DATABASE.test(cell.database), `Database name "${cell.database}" must be lower-case letters, digits and _.`)
    expect(cell.members.length > 0, `Cell "${cell.name}" has no members.`)
    for (const member of cell.members) {
      expect(NAME.test(member.name), `Member name "${member.name}" must be lower-case letters, digits and dashes.`)
      expect(!names.has(member.name), `Member name "${member.name}" is used twice.`)
      expect(findRegion(member.region), `Member "${member.name}" is in an unknown region "${member.region}".`)
      names.add(member.name)
    }
  }
  expect(names.size > 0 && names.size <= MEMBERS_MAX, `An estate has 1 to ${MEMBERS_MAX} members, not ${names.size}.`)
  return estate
}

function expect(holds: unknown, otherwise: string): void {
  if (!holds) throw new FleetError('bad-request', otherwise)
}
