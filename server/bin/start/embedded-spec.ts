import path from 'node:path'
import { invariant } from '@/model/invariant'
import { findRegion } from '@/model/regions'
import { type EstateSpecInput, seedDemoTenants } from '@/server/domain/estate'
import { embeddedEstate, type FleetStatus } from '@/server/fleet'

/** Names of the demo cells; the key is the fleet's name of the cell. */
const cellNames: Readonly<Record<string, string>> = {
  jkt: 'Jakarta',
  sin: 'Singapore',
  fra: 'Frankfurt',
  iad: 'N. Virginia',
  syd: 'Sydney',
}

/** One cell runs with a write lease, so that a visitor sees what that is. */
const writeLeasesMs: Readonly<Record<string, number>> = { fra: 3_000 }

/** Declared, as an operator of a real estate would from a load test; the sample application writes a tenth of it. */
const WRITES_PER_SECOND_MAX = 500

/** The embedded fleet as a declared estate: the same form that homeport.yaml has for a real one. */
export function embeddedSpec(dataDir: string, fleet: FleetStatus): EstateSpecInput {
  const cells = embeddedEstate.cells.filter((cell) => cell.kind === 'cell').map((cell) => cellSpec(cell.name))
  return { version: 1, cells, ...seedDemoTenants({ cells }) }

  function cellSpec(id: string): EstateSpecInput['cells'][number] {
    const secrets = path.join(dataDir, 'fleet-secrets.json')
    const members = fleet.members.filter((member) => member.cell === id)
    return {
      id,
      name: cellNames[id] ?? id,
      engine: 'postgres',
      database: 'app',
      admin: { user: 'homeport_admin', secret: `file:${secrets}#cells.${id}.admin` },
      app: { user: 'app', secret: `file:${secrets}#cells.${id}.app` },
      writeLeaseMs: writeLeasesMs[id] ?? null,
      firstPrimary: `${id}-1`,
      members: members.map((member) => ({
        id: member.name,
        region: member.region,
        host: member.host,
        port: member.port,
        writesPerSecondMax: WRITES_PER_SECOND_MAX,
        paths: fleet.relays
          .filter((relay) => relay.member === member.name)
          .map((relay) => ({ vantage: relay.from, host: relay.host, port: relay.port })),
      })),
    }
  }
}

/** The region in which the console and its catalog stand. */
export function catalogMember(fleet: FleetStatus): FleetStatus['members'][number] {
  const member = fleet.members.find(({ cell }) => cell === 'catalog')
  invariant(member && findRegion(member.region), 'The embedded fleet has a catalog server in a known region.')
  return member
}
