import { formatMs } from '@/model/format'
import type { OperationReport } from '@/model/schemas/operations'
import { PanelFrame } from '../shell/Panel'
import { Figure } from '../ui/Facts'
import { GATE_OPEN_NAME, pauseNames } from './pause-names'
import { sayLoss } from './say-loss'

/** What writers noticed, as measured. What could not be measured is not a number. */
export function OperationReportPanel({ report }: { report: OperationReport }) {
  const isGateOnly = report.writePauseMs === null && report.gateOpenMs != null
  const pauseName = pauseNames[report.rtoFromFailureMs === undefined ? 'lossless' : 'forced'].measured
  return (
    <PanelFrame title="What it cost">
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Figure
          name={isGateOnly ? GATE_OPEN_NAME : pauseName}
          value={orUnknown(report.writePauseMs ?? report.gateOpenMs ?? null)}
          note={report.basis}
        />
        <Figure
          name="Usual gap between two writes"
          value={orUnknown(report.usualGapMs)}
          note="p99 before the operation"
        />
        {report.rtoFromFailureMs === undefined ? (
          <Figure
            name="Recovery time"
            value={orUnknown(report.rtoMs)}
            note={report.rtoBasis ?? 'From the closed gate until a write was proven.'}
          />
        ) : (
          <>
            <Figure name="RTO, from the approval" value={orUnknown(report.rtoMs)} note="until a write was accepted" />
            <Figure
              name="RTO, from the failure"
              value={orUnknown(report.rtoFromFailureMs)}
              note="from its first sign, people included"
            />
          </>
        )}
        {report.rtoFromFailureMs === undefined && (
          <Figure name="Data loss" value={sayLoss(report.rpo)} note={report.rpo.basis} />
        )}
      </div>
    </PanelFrame>
  )
}

function orUnknown(durationMs: number | null) {
  return durationMs === null ? <span className="text-unknown">not measured</span> : formatMs(durationMs)
}
