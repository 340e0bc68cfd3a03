import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { OperationReport } from '@/model/schemas/operations'
import { OperationReportPanel } from './OperationReportPanel'

const report: OperationReport = {
  ...{ writePauseMs: null, usualGapMs: null, rtoMs: 1_000, rtoFromFailureMs: 91_000 },
  basis: 'No acknowledgements of both epochs were reported.',
  rpo: { kind: 'bounded', seconds: 2, bytes: null, transactions: null, basis: 'Heartbeat.', until: null },
  ...{ lastAckOldEpochAt: null, firstAckNewEpochAt: null },
}
const read = (change: Partial<OperationReport>) =>
  renderToStaticMarkup(<OperationReportPanel report={{ ...report, ...change }} />).replace(/<[^>]+>/g, ' ')

test('a pause that no writer measured is not called measured', () => {
  const panel = read({ gateOpenMs: 383_000 })
  expect(panel).toMatch(/Gate open after, not measured by writers\s+6.m.23.s/)
  expect(panel).not.toContain('Write pause')
})

test('a measured one is', () => {
  expect(read({ writePauseMs: 800 })).toMatch(/Write pause from the last write, measured\s+800.ms/)
})
