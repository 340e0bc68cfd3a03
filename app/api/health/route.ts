import { handleHealth } from '@/server/api/handlers'

export const dynamic = 'force-dynamic'
export const GET = (request: Request) => handleHealth(request)
