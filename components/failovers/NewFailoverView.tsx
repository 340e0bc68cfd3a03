'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'
import { AfterUndone } from './AfterUndone'
import { BreakGlassPanel } from './BreakGlassPanel'
import { CellChoice } from './CellChoice'
import { ForcedSection } from './ForcedSection'
import { PlannedSection } from './PlannedSection'
import { linkedVerbs, prepareVerbs, suggestVerb, type Verb } from './prepare-verbs'
import { VerbChoice } from './VerbChoice'

/**
 * Asks for a failover: from where, by which verb, a fresh dry run, and only then the request. Nothing here moves anything. A
 * link may choose the cell, the target and a verb that loses nothing; forced is chosen by hand, in this tab, and nowhere else.
 */
export function NewFailoverView() {
  const { data: cells } = useSuspenseQuery(useTRPC().cells.list.queryOptions())
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const [target, setTarget] = useQueryState('target', parseAsString)
  const [linked, setLinked] = useQueryState('verb', parseAsStringLiteral(linkedVerbs))
  const [after] = useQueryState('after', parseAsString)
  const [isForced, setForced] = useState(false)
  const whyNotYou = useWhyNot('operation:request')
  const cell = cells.find(({ id }) => id === cellId) ?? null
  const offer = prepareVerbs(cell)
  const wanted: Verb | null = isForced ? 'forced' : (linked ?? (after ? null : 'planned'))
  const verb = wanted && offer[wanted].whyNot === null ? wanted : null
  const onCell = (id: string | null) => {
    setForced(false)
    void setTarget(null)
    void setCellId(id)
    void setLinked(suggestVerb(cells.find((candidate) => candidate.id === id) ?? null))
  }
  const onVerb = (next: Verb) => {
    setForced(next === 'forced')
    void setLinked(next === 'forced' ? null : next)
  }
  return (
    <Page>
      <PageHeader
        title="New failover"
        says="A request changes nothing. Other people approve it, and only then it runs."
      />
      {whyNotYou && <Notice status="unknown">{whyNotYou}</Notice>}
      {after && <AfterUndone operationId={after} />}
      {cellId && !cell && <Notice status="warn">There is no cell {cellId}. Choose one of those below.</Notice>}
      <PanelFrame title="1 · Which cell, and where to">
        <CellChoice
          cells={cells}
          cell={cell}
          target={target}
          onCell={onCell}
          onTarget={(member) => void setTarget(member)}
        />
      </PanelFrame>
      <PanelFrame title="2 · What to do">
        <VerbChoice offer={offer} chosen={verb} onChoose={onVerb} />
      </PanelFrame>
      {verb === 'forced' && cell ? (
        <>
          <ForcedSection key={`${cell.id} ${target}`} cell={cell} target={target} whyNotYou={whyNotYou} />
          <BreakGlassPanel cellId={cell.id} />
        </>
      ) : (
        <PlannedSection
          key={`${cell?.id} ${target} ${wanted}`}
          cell={cell}
          target={target}
          whyNot={whyNotYou ?? (cell ? (verb ? null : 'Choose what to do first.') : 'Choose a cell first.')}
          thenAsk={wanted === 'planned-then-ask'}
        />
      )}
    </Page>
  )
}
