import { FacekpError } from '@facekp/core'

/**
 * Loads the package for queues, which is not installed with facekp.
 *
 * @throws FacekpError `PACKAGE_MISSING`
 */
export async function loadQueue(): Promise<typeof import('@facekp/jobs-bullmq')> {
  try {
    return await import('@facekp/jobs-bullmq')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new FacekpError({
      code: 'PACKAGE_MISSING',
      problem: 'queues need the package @facekp/jobs-bullmq',
      received: (cause as Error).message,
      expected: 'npm install @facekp/jobs-bullmq where facekp is installed, with --global if facekp is',
      cause,
    })
  }
}
