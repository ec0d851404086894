import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

const TRIES = 60
/** How much of one processor other programs may take. */
const OTHERS = 0.15

/** Seconds of processor time that all programs have used. */
function machineTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000
}

/** Seconds of processor time that this process has used, its helper threads counted. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * What is measured while other programs leave the processors alone: it is measured again, a moment later, where they did not, and
 * after 60 tries taken as it is.
 */
export async function quietly<T>(measure: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const machineStart = machineTime()
    const processStart = processorTime()
    const wallStart = performance.now()
    const measured = await measure()
    const seconds = (performance.now() - wallStart) / 1000
    const others = (machineTime() - machineStart - (processorTime() - processStart)) / seconds
    if (others < OTHERS || attempt === TRIES) return measured
    await setTimeout(1000)
  }
}
