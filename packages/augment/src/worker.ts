export { work as default } from './pool/worker-task.ts'
