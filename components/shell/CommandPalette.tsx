'use client'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { paths } from '@/model/paths'
import { useTRPC } from '../trpc'
import { Kbd } from '../ui/Kbd'
import { places } from './nav-items'
import { preparePalette, scoreEntry } from './prepare-palette'
import { useRegisteredActions } from './quick-actions'
import { useWhyNot } from './use-permission'

/**
 * Goes to anything by its name. It navigates and opens forms; nothing is executed from here. Loaded at its first opening.
 */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const router = useRouter()
  const trpc = useTRPC()
  const actions = useRegisteredActions()
  const cells = useQuery(trpc.cells.list.queryOptions())
  const mayRequest = useWhyNot('operation:request') === null
  const operations = useQuery(trpc.operations.list.queryOptions({ status: 'active' }))
  // `<dialog>` opens by a method only, and would give the focus to the list's frame.
  useEffect(() => {
    dialog.current?.showModal()
    input.current?.focus()
  }, [])
  const go = (href: string) => {
    onClose()
    router.push(href)
  }
  const groups = preparePalette(cells.data ?? [], mayRequest)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way; the backdrop is the pointer's.
    <dialog
      ref={dialog}
      aria-label="Command palette"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="mx-auto mt-[12vh] w-[min(36rem,calc(100vw-2rem))] rounded-md border border-control bg-surface-1 text-ink-1"
    >
      <Command label="Command palette" loop filter={scoreEntry}>
        <Command.Input
          ref={input}
          placeholder="Go to a page, cell, server, region or operation"
          className="h-12 w-full border-b border-hairline bg-transparent px-4 text-lg outline-none placeholder:text-ink-3"
        />
        <Command.List className="max-h-[50vh] overflow-y-auto p-2">
          <Command.Empty className="p-3 text-ink-3">Nothing here has that name.</Command.Empty>
          {actions.length > 0 && (
            <Group heading="This page">
              {actions.map((action) => (
                <Item key={action.label} label={action.label} note={action.note} onGo={() => go(action.href)} />
              ))}
            </Group>
          )}
          <Group heading="Go to">
            {places.map((place) => (
              <Item key={place.href} label={place.label} keys={['g', place.key]} onGo={() => go(place.href)} />
            ))}
          </Group>
          {groups.map(({ heading, items }) => (
            <Group key={heading} heading={heading}>
              {items.map(({ href, ...item }) => (
                <Item key={item.label} {...item} onGo={() => go(href)} />
              ))}
            </Group>
          ))}
          <Group heading="Running operations">
            {operations.data?.map((operation) => (
              <Item
                key={operation.id}
                label={operation.title}
                note={operation.code}
                onGo={() => go(paths.operation({ id: operation.id }))}
              />
            ))}
          </Group>
        </Command.List>
      </Command>
    </dialog>
  )
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  )
}

function Item({
  label,
  note,
  keywords,
  keys,
  onGo,
}: {
  label: string
  note?: string
  /** Other names that find it. */
  keywords?: string[]
  keys?: readonly string[]
  onGo: () => void
}) {
  return (
    <Command.Item
      value={`${label} ${note ?? ''}`}
      keywords={keywords}
      onSelect={onGo}
      className="flex min-h-8 items-center gap-2 rounded-sm px-2 data-[selected=true]:bg-surface-2 max-md:min-h-11"
    >
      <span className="flex-1 truncate">{label}</span>
      {note && <span className="text-sm text-ink-3">{note}</span>}
      {keys && (
        <span className="flex gap-1">
          {keys.map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      )}
    </Command.Item>
  )
}
