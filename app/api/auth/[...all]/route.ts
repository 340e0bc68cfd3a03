import { handleSignIn } from '@/server/api/handlers'

export const dynamic = 'force-dynamic'
export const GET = (request: Request) => handleSignIn(request)
export const POST = (request: Request) => handleSignIn(request)
