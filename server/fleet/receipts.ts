/** What is known of a server's power. `frozen`: its postmaster is stopped (SIGSTOP), which an outsider sees as silence. */
export type Power = 'on' | 'off' | 'frozen'
export type PowerAction = 'kill' | 'stop' | 'freeze' | 'start'

/** The fleet's word on what it did to a server. `pid` is the postmaster acted on; null when there was nothing to act on. */
export type PowerReceipt = {
  member: string
  action: PowerAction
  pid: number | null
  power: Power
  /** ISO 8601, by this machine's clock. */
  at: string
  /** How it went, in a sentence. */
  says: string
}

export type RebuildReceipt = {
  member: string
  action: 'rebuild'
  operationId: string
  source: string
  pid: number
  at: string
  systemIdentifier: string
  timeline: number
  startLsn: string
  stopLsn: string
  sizeBytes: number
  durationMs: number
}
