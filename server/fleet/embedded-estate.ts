import type { CellSpec, Estate } from './estate'

/** The demo estate: five cells in seven regions, each with a primary and one standby, and the console's catalog. */
export const embeddedEstate: Estate = {
  cells: [
    {
      name: 'catalog',
      kind: 'catalog',
      database: 'homeport',
      members: [{ name: 'catalog', region: 'eu-west-1' }],
      settings: { max_connections: '120' }, // web, worker, job queue and tests each bring a pool
    },
    cell('jkt', { primary: 'ap-southeast-3', standby: 'ap-southeast-1' }), // Jakarta, Singapore
    cell('sin', { primary: 'ap-southeast-1', standby: 'ap-southeast-2' }), // Singapore, Sydney
    cell('fra', { primary: 'eu-central-1', standby: 'eu-west-1' }), // Frankfurt, Dublin
    cell('iad', { primary: 'us-east-1', standby: 'us-west-2' }), // N. Virginia, Oregon
    cell('syd', { primary: 'ap-southeast-2', standby: 'ap-southeast-1' }), // Sydney, Singapore
  ],
}

function cell(name: string, regions: { primary: string; standby: string }): CellSpec {
  return {
    name,
    kind: 'cell',
    database: 'app',
    members: [
      { name: `${name}-1`, region: regions.primary },
      { name: `${name}-2`, region: regions.standby },
    ],
  }
}
