'use client'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { paths } from '@/model/paths'
import { isReason } from '@/model/reason'
import type { FailoverPreview } from '@/model/schemas/failovers'
import { ForcedPreviewFacts } from '../failovers/ForcedPreviewFacts'
import { ForcedVerdict } from '../failovers/ForcedVerdict'
import { PlanLine } from '../failovers/PlanLine'
import { BlastRadius } from '../operations/BlastRadius'
import { useNow } from '../shell/clock'
import { FailureCard } from '../shell/FailureCard'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { RegionChip } from '../shell/RegionChip'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SelectField, TextField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { AttestBox } from './AttestBox'
import { BreakGlassForm } from './BreakGlassForm'
import { CheckList } from './CheckList'

/** The path for when nobody else can be reached: named, with a reason for every rule, and never without a dry run. */
export function BreakGlassView() {
  const trpc = useTRPC()
  const { data: cells } = useSuspenseQuery(trpc.cells.list.queryOptions())
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const [reasons, setReasons] = useState<Record<string, string>>({})
  const [isDeclared, setDeclared] = useState(false)
  const whyNotYou = useWhyNot('operation:break-glass')
  // Kept while the next one runs, so that what is being typed stays where it is.
  const [preview, setPreview] = useState<FailoverPreview | null>(null)
  const dryRun = useMutation(trpc.failovers.preview.mutationOptions({ onSuccess: setPreview }))
  const cell = cells.find(({ id }) => id === cellId) ?? null
  const overrides = Object.entries(reasons)
    .map(([rule, reason]) => ({ rule, reason: reason.trim() }))
    .filter(({ reason }) => isReason(reason))
  const onDryRun = () => cell && dryRun.mutate({ cellId: cell.id, overrides, isBreakGlass: true, isDeclared })
  const onCell = (id: string) => {
    setPreview(null)
    setReasons({})
    setDeclared(false)
    void setCellId(id || null)
  }
  return (
    <Page>
      <PageHeader
        title="Break-glass"
        crumbs={[{ label: 'DR readiness', href: paths.dr() }]}
        says="A forced failover without a second person. It is never without a fence or an audit, everybody is told, and another person reviews it."
      />
      {whyNotYou && <Notice status="unknown">{whyNotYou}</Notice>}
      {cellId && !cell && <Notice status="warn">There is no cell {cellId}. Choose one of those below.</Notice>}
      <PanelFrame
        title="1 · Dry run"
        note="Looks at everything, changes nothing"
        actions={
          <Button
            tone={preview ? 'plain' : 'primary'}
            busyLabel={dryRun.isPending ? 'Looking…' : null}
            disabledReason={whyNotYou ?? (cell ? null : 'Choose a cell first.')}
            onClick={onDryRun}
          >
            {preview ? 'Run it again' : 'Dry run'}
          </Button>
        }
      >
        <div className="grid gap-4">
          <SelectField label="Cell" value={cell?.id ?? ''} onChange={(event) => onCell(event.target.value)}>
            <option value="">Choose a cell</option>
            {cells.map(({ id, name, activeRegion }) => (
              <option key={id} value={id}>
                {id} · {name}, writes in {activeRegion}
              </option>
            ))}
          </SelectField>
          {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
          {preview && <Findings preview={preview} reasons={reasons} onReasons={setReasons} />}
          {preview && <Declaration preview={preview} isDeclared={isDeclared} onDeclared={setDeclared} />}
          {preview && cell && <ForcedPreviewFacts writer={cell.activeMember} preview={preview} />}
        </div>
      </PanelFrame>
      {preview?.plan && <Start key={preview.previewedAt} preview={preview} />}
    </Page>
  )
}

/** What was found, and a reason of its own for each rule that may be overridden. */
function Findings({
  preview,
  reasons,
  onReasons,
}: {
  preview: FailoverPreview
  reasons: Record<string, string>
  onReasons: (reasons: Record<string, string>) => void
}) {
  const standing = preview.checks.filter((check) => check.outcome !== 'passed')
  return (
    <>
      {preview.plan && preview.planHash && <PlanLine plan={preview.plan} planHash={preview.planHash} dated={preview} />}
      <Notice status={preview.finding.name === 'ServerHealthy' ? 'warn' : 'crit'}>{preview.finding.says}</Notice>
      {!preview.plan && <ForcedVerdict preview={preview} />}
      <CheckList checks={preview.checks} />
      {standing
        .filter((check) => check.isOverridable)
        .map(({ rule, title }) => (
          <TextField
            key={rule}
            label={`Override “${title}” because`}
            hint="Left empty, the rule stands. Then run the dry run again."
            maxLength={500}
            value={reasons[rule] ?? ''}
            onChange={(event) => onReasons({ ...reasons, [rule]: event.target.value })}
          />
        ))}
    </>
  )
}

/** The last resort, offered only where nothing can prove that the old primary is closed. */
function Declaration({
  preview: { means, plan },
  isDeclared,
  onDeclared,
}: {
  preview: FailoverPreview
  isDeclared: boolean
  onDeclared: (isDeclared: boolean) => void
}) {
  const canBeProven = means.some(({ strength, isPossible }) => strength !== 'DECLARED' && isPossible)
  if (canBeProven && !isDeclared) return null
  const isOutOfDate = plan === null || Boolean(plan.isDeclared) !== isDeclared
  return (
    <AttestBox
      member={plan?.source.member ?? 'the old primary'}
      note={`Nothing can prove it. It then waits until another person attests the same.${isOutOfDate ? ' Run the dry run again.' : ''}`}
      hasAttested={isDeclared}
      onChange={onDeclared}
    />
  )
}

function Start({ preview: { plan, planHash, validUntil } }: { preview: FailoverPreview }) {
  const hasExpired = Date.parse(validUntil) <= useNow()
  if (!plan || !planHash) return null
  return (
    <PanelFrame title="2 · Break the glass">
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-mono font-medium">{plan.target.member}</span> <RegionChip region={plan.target.region} />
          takes over from <span className="font-mono font-medium">{plan.source.member}</span>{' '}
          <RegionChip region={plan.source.region} />
        </p>
        <BlastRadius plan={plan} />
        <BreakGlassForm plan={plan} planHash={planHash} hasExpired={hasExpired} />
      </div>
    </PanelFrame>
  )
}
