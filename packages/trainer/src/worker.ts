export { training } from './thread/worker-training.ts'
