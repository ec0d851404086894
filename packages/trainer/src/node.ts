export { checkpointFolder } from './checkpoint/checkpoint-folder.ts'
export { historyWriter } from './history-writer.ts'
export { abortOnInterrupt, type Interrupt } from './interrupt.ts'
export { type TrainingDisplay, terminalProgress } from './terminal-progress.ts'
