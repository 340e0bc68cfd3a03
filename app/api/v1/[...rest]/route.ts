import { handleRest } from '@/server/api/handlers'

export const dynamic = 'force-dynamic'
export const GET = (request: Request) => handleRest(request)
export const POST = (request: Request) => handleRest(request)
