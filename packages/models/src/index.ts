export { noseNet } from './nose-net.ts'
