'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { formatBytes, formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import { type DrillRun, drillKinds } from '@/model/schemas/drills'
import { GATE_OPEN_NAME } from '../operations/pause-names'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button, ButtonLink, buttonClass } from '../ui/Button'
import { Facts, Figure } from '../ui/Facts'
import { Notice } from '../ui/Notice'
import { StatusPill } from '../ui/StatusPill'
import { wordOfRun } from './drill-words'
import { sayWho } from './say-who'

/** The report of one run: what was measured against what was promised, leg by leg. For the screen, the printer and, as JSON, for others. */
export function DrillReportView({ id }: { id: string }) {
  const { data: run } = useSuspenseQuery(useTRPC().drills.get.queryOptions({ id }))
  const { word, status } = wordOfRun(run)
  return (
    <Page>
      <PageHeader
        title={`Drill of ${run.cellId}: ${drillKinds[run.kind].toLowerCase()}`}
        crumbs={[
          { label: 'DR readiness', href: paths.dr() },
          { label: 'Drills', href: paths.drills() },
        ]}
        badge={<StatusPill status={status} word={word} />}
        says={
          <>
            {run.code}, {sayWho(run)}, started <TimeStamp at={run.startedAt} />
          </>
        }
        actions={
          <span data-no-print className="flex flex-wrap gap-2">
            <a className={buttonClass()} href={`/api/v1/drills/${run.id}`} download={`drill-${run.code}.json`}>
              JSON
            </a>
            <Button onClick={() => window.print()}>Print</Button>
          </span>
        }
      />
      <Notice status={status}>{run.says}</Notice>
      <PanelFrame title="Measured against the objectives" note="The worse of the legs">
        <div className="grid gap-4 sm:grid-cols-3">
          <Objective name="Recovery time" ms={run.rtoMs} objectiveMs={run.objectives.rtoMs} />
          <Objective name="Recovery point" ms={run.rpoMs} objectiveMs={run.objectives.rpoMs} />
          <Figure
            name="Finished"
            value={run.finishedAt ? <TimeStamp at={run.finishedAt} form="clock" /> : 'not yet'}
            note={run.finishedAt && `after ${formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`}
          />
        </div>
      </PanelFrame>
      {run.legs.map((leg) => (
        <Leg key={leg.operationId} leg={leg} />
      ))}
    </Page>
  )
}

function Objective({ name, ms, objectiveMs }: { name: string; ms: number | null; objectiveMs: number }) {
  const promised = `objective ${formatMs(objectiveMs)}`
  return (
    <Figure
      name={name}
      value={ms === null ? 'not measured' : formatMs(ms)}
      note={ms === null ? promised : `${ms <= objectiveMs ? 'met' : 'missed'}: ${promised}`}
    />
  )
}

const legNames = { clone: 'On the copy', there: 'There', back: 'And back' } as const

function Leg({ leg }: { leg: DrillRun['legs'][number] }) {
  const { report } = leg
  return (
    <PanelFrame
      title={`${legNames[leg.leg]}: ${leg.fromRegion} to ${leg.toRegion}`}
      actions={
        <span data-no-print>
          <ButtonLink size="small" href={paths.operation({ id: leg.operationId })}>
            {leg.code}, step by step
          </ButtonLink>
        </span>
      }
    >
      {report ? (
        <Facts
          facts={[
            ['Recovery time', report.rtoMs === null ? 'not measured' : formatMs(report.rtoMs)],
            ['Measured', sayTimeBasis(leg)],
            ...(report.copyMs === undefined ? [] : [['Of it copying and promoting', formatMs(report.copyMs)] as const]),
            ...(report.writePauseMs === null
              ? report.gateOpenMs == null
                ? []
                : [[GATE_OPEN_NAME, formatMs(report.gateOpenMs)] as const, ['Counted', report.basis] as const]
              : [['Write pause', formatMs(report.writePauseMs)] as const, ['Pause measured', report.basis] as const]),
            ['Recovery point', sayPoint(report.rpo)],
            ['Its basis', report.rpo.basis],
          ]}
        />
      ) : (
        <p className="text-ink-2">
          No report yet: {leg.code} is {leg.status}.
        </p>
      )}
    </PanelFrame>
  )
}

/** Of a run that was measured before its report said so, the basis is known by its kind. */
function sayTimeBasis({ leg, report }: DrillRun['legs'][number]): string {
  if (leg === 'clone') return report?.basis ?? ''
  return report?.rtoBasis ?? 'From the start of the fence until the write that was proven on the target.'
}

function sayPoint({ kind, seconds, bytes }: { kind: string; seconds: number | null; bytes: string | null }): string {
  if (kind === 'none') return 'Nothing was lost.'
  if (seconds === null) return 'Not known'
  return `At most ${formatMs(seconds * 1000)}${bytes === null ? ', bytes unknown' : `, ${formatBytes(bytes)}`}`
}
