'use client'
import { useQuery } from '@tanstack/react-query'
import { type Permission, whoMay } from '@/model/permissions'
import { useTRPC } from '../trpc'

/** Null when the viewer may; otherwise the sentence that a disabled button shows. The server checks again. */
export function useWhyNot(permission: Permission): string | null {
  const me = useQuery(useTRPC().session.me.queryOptions())
  if (!me.data) return null
  return me.data.permissions.includes(permission) ? null : whoMay(permission)
}
