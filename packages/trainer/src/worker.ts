export { training } from './thread/in-thread.ts'
