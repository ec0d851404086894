export { createYielder } from './create-yielder.ts'
