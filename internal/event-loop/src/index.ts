export { createYielder, yieldToEventLoop } from './create-yielder.ts'
