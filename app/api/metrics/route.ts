import { handleMetrics } from '@/server/api/handlers'

export const dynamic = 'force-dynamic'
export const GET = (request: Request) => handleMetrics(request)
