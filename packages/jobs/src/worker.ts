export { work as default } from './worker-task.ts'
