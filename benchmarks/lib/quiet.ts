import { cpus, loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'

const MAX_ATTEMPTS = 60
/** Processors that other programs may occupy, on average. */
const MAX_OTHER_LOAD = 0.15

/** Load average over a minute above which times of whole programs say little. */
const MAX_LOAD = 1.5

/** Ends the program with a message if other programs occupy the machine. */
export function requireIdleMachine(): void {
  const [load] = loadavg() as [number]
  if (load <= MAX_LOAD) return
  console.error(
    `The machine is busy: expected a load of at most ${MAX_LOAD}, received ${load.toFixed(1)}. Stop other programs and wait a minute.`,
  )
  process.exit(1)
}

/** Returns seconds of processor time that all programs have used. */
function machineTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000
}

/** Returns seconds of processor time that this process has used, including its helper threads. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Measures while other programs are idle: repeats while they are not, and accepts the 60th attempt with a warning. */
export async function measureQuietly<T>(measure: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const machineStart = machineTime()
    const processStart = processorTime()
    const wallStart = performance.now()
    const result = await measure()
    const seconds = (performance.now() - wallStart) / 1000
    const otherLoad = (machineTime() - machineStart - (processorTime() - processStart)) / seconds
    if (otherLoad < MAX_OTHER_LOAD) return result
    if (attempt === MAX_ATTEMPTS) {
      console.error(
        `Measured on a busy machine, after ${attempt} attempts: expected other programs on at most ${MAX_OTHER_LOAD} processors, received ${otherLoad.toFixed(2)}. Stop them and measure again.`,
      )
      return result
    }
    await setTimeout(1000)
  }
}
