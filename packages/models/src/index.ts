export type { Initialization } from './initialization.ts'
export { noseNet } from './nose-net.ts'
