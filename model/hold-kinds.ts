/** Apart from the schemas: the banner on every page says these words, and must not carry a validator to every page. */
export const holdKinds = { incident: 'Incident', maintenance: 'Maintenance' } as const
export const holdLevels = { region: 'Region', cell: 'Cell', tenant: 'Tenant' } as const
export type HoldKind = keyof typeof holdKinds
export type HoldLevel = keyof typeof holdLevels
