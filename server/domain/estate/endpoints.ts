import { DomainError } from '@/model/errors'
import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import type { Endpoint } from '@/server/engines/contract'
import { resolveSecret } from './resolve-secret'

/** A member as declared, with what the catalog says of its cell now. */
export type MemberTarget = {
  memberId: string
  cellId: string
  region: string
  scope: string
  engine: string
  epoch: bigint
  isActive: boolean
  lagMsMax: number
}

export type Endpoints = {
  /** Every member of every cell, with the epochs of now. Addresses and secrets may be up to CACHED_MS old; epochs are not. */
  targets(): Promise<MemberTarget[]>
  /** The member as reached from `vantageRegion`, with its secrets. Throws not-found, or unavailable when a secret is missing. */
  endpoint(memberId: string, vantageRegion: string): Promise<Endpoint>
}

const CACHED_MS = 10_000

/** Resolves members to endpoints of the engine contract. Secrets live in this process's memory only and are never logged. */
export function createEndpoints(db: Db, clock: Clock): Endpoints {
  let cached: { book: Promise<AddressBook>; readAtMs: number } | null = null

  function book(): Promise<AddressBook> {
    if (cached && clock.monotonicMs() - cached.readAtMs < CACHED_MS) return cached.book
    const fresh = { book: readAddressBook(db), readAtMs: clock.monotonicMs() }
    cached = fresh
    // A failed read must not be remembered as an answer.
    fresh.book.catch(() => {
      if (cached === fresh) cached = null
    })
    return fresh.book
  }

  return {
    targets: () => readTargets(db),
    endpoint: async (memberId, vantageRegion) => endpointOf(await book(), memberId, vantageRegion),
  }
}

async function readTargets(db: Db): Promise<MemberTarget[]> {
  return db.$queryRaw<MemberTarget[]>`
    SELECT member.id AS "memberId", cell.id AS "cellId", member.region_code AS region, cell.scope, cell.engine, epoch.epoch,
           epoch.active_member = member.id AS "isActive", cell.lag_ms_max AS "lagMsMax"
      FROM cell_member AS member
      JOIN cell ON cell.id = member.cell_id
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
     ORDER BY member.id`
}

type Address = { host: string; port: number }
type AddressBook = {
  members: ReadonlyMap<string, Omit<Endpoint, 'vantageRegion'>>
  paths: ReadonlyMap<string, Address>
}

async function readAddressBook(db: Db): Promise<AddressBook> {
  const [cells, paths] = await Promise.all([db.cell.findMany({ include: { members: true } }), db.memberPath.findMany()])
  const refs = new Set(cells.flatMap((cell) => [cell.adminSecretRef, cell.appSecretRef]))
  // One missing secret must not hide the cells whose secrets are there: it fails when that cell is asked for.
  const secrets = new Map<string, string>()
  for (const ref of refs) {
    const secret = await resolveSecret(ref).catch(() => null)
    if (secret !== null) secrets.set(ref, secret)
  }
  const members = cells.flatMap((cell) => {
    const admin = secrets.get(cell.adminSecretRef)
    const app = secrets.get(cell.appSecretRef)
    if (admin === undefined || app === undefined) return []
    return cell.members.map(
      (member) =>
        [
          member.id,
          {
            memberId: member.id,
            region: member.regionCode,
            host: member.host,
            port: member.port,
            database: cell.database,
            admin: { user: cell.adminUser, password: admin },
            app: { user: cell.appUser, password: app },
          },
        ] as const,
    )
  })
  return {
    members: new Map(members),
    paths: new Map(
      paths.map(({ vantageRegion, memberId, host, port }) => [pathKey(vantageRegion, memberId), { host, port }]),
    ),
  }
}

function endpointOf(book: AddressBook, memberId: string, vantageRegion: string): Endpoint {
  const member = book.members.get(memberId)
  if (!member) throw new DomainError('unavailable', `The address or a secret of ${memberId} is not known.`)
  return { ...member, vantageRegion, ...book.paths.get(pathKey(vantageRegion, memberId)) }
}

function pathKey(vantageRegion: string, memberId: string): string {
  return `${vantageRegion}>${memberId}`
}
