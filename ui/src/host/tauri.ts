import type { Host } from './host'
export function createHost(): Host { throw new Error('not here yet') }
