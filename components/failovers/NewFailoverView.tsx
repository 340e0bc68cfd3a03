'use client'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import { FailureCard } from '../shell/FailureCard'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SelectField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { DryRun } from './DryRun'
import { VerbChoice } from './VerbChoice'

/** Asks for a switchover: what, from where, a fresh dry run, and only then the request. Nothing here moves anything. */
export function NewFailoverView() {
  const trpc = useTRPC()
  const { data: cells } = useSuspenseQuery(trpc.cells.list.queryOptions())
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const [target, setTarget] = useQueryState('target', parseAsString)
  const whyNotYou = useWhyNot('operation:request')
  const dryRun = useMutation(trpc.switchovers.preview.mutationOptions())
  const cell = cells.find(({ id }) => id === cellId) ?? null
  const onCell = (id: string) => {
    dryRun.reset()
    void setTarget(null)
    void setCellId(id || null)
  }
  const onDryRun = () => cell && dryRun.mutate({ cellId: cell.id, ...(target && { targetMember: target }) })
  return (
    <Page>
      <PageHeader
        title="New switchover"
        crumbs={[{ label: 'Operations', href: paths.operations() }]}
        says="A request changes nothing. Another person approves it, and only then it runs."
      />
      {whyNotYou && <Notice status="unknown">{whyNotYou}</Notice>}
      <PanelFrame title="1 · What to do">
        <VerbChoice />
      </PanelFrame>
      <PanelFrame title="2 · Which cell, and where to">
        <div className="grid items-end gap-4 sm:grid-cols-2">
          <SelectField label="Cell" value={cell?.id ?? ''} onChange={(event) => onCell(event.target.value)}>
            <option value="">Choose a cell</option>
            {cells.map((option) => (
              <option key={option.id} value={option.id}>
                {option.id} · {option.name}, writes in {option.activeRegion}
              </option>
            ))}
          </SelectField>
          {cell && (
            <TargetField
              cell={cell}
              value={target}
              onChange={(member) => {
                dryRun.reset()
                void setTarget(member)
              }}
            />
          )}
        </div>
        {cell?.operationId && (
          <Notice
            status="active"
            action={
              <a className="link text-sm" href={paths.operation({ id: cell.operationId })}>
                Open it
              </a>
            }
          >
            An operation is running on this cell. One at a time.
          </Notice>
        )}
      </PanelFrame>
      <PanelFrame
        title="3 · Dry run"
        note="Looks at everything, changes nothing"
        actions={
          <Button
            tone={dryRun.data ? 'plain' : 'primary'}
            onClick={onDryRun}
            busyLabel={dryRun.isPending ? 'Looking…' : null}
            disabledReason={whyNotYou ?? (cell ? null : 'Choose a cell first.')}
          >
            {dryRun.data ? 'Run it again' : 'Dry run'}
          </Button>
        }
      >
        {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
        {cell && dryRun.data ? (
          <DryRun key={dryRun.data.previewedAt} cell={cell} preview={dryRun.data} />
        ) : (
          !dryRun.error && <p className="text-ink-2">Not run yet.</p>
        )}
      </PanelFrame>
    </Page>
  )
}

function TargetField({
  cell,
  value,
  onChange,
}: {
  cell: CellView
  value: string | null
  onChange: (member: string | null) => void
}) {
  const standbys = cell.members.filter((member) => !member.isActive)
  return (
    <SelectField
      label="Target"
      hint="The dry run says which are safe."
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">The best candidate</option>
      {standbys.map((member) => (
        <option key={member.id} value={member.id}>
          {member.id} in {member.region}
        </option>
      ))}
    </SelectField>
  )
}
