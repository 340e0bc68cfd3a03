'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { paths } from '@/model/paths'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'

export function StartCloneDialog({ cellId, onClose }: { cellId: string; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const start = useMutation(trpc.drills.startOnClone.mutationOptions())
  const commit = async () => {
    const { operationId } = await start.mutateAsync({ cellId })
    await cache.invalidateQueries(trpc.drills.pathFilter())
    router.push(paths.drill({ id: operationId }))
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Drill ${cellId} on a clone`}
      verb={`Drill ${cellId} on a clone`}
      disabledReason={null}
      commit={commit}
    >
      <p>
        A standby is copied beside itself, the copy is promoted and its own gate opened under{' '}
        <span className="font-mono">drill:{cellId}</span>, one write is proven, and the copy is discarded. The live cell
        is asked where it stands, and nothing else: nobody has to approve this.
      </p>
    </ConfirmDialog>
  )
}
