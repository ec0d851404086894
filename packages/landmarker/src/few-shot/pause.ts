import { yieldToEventLoop } from '@facekp/event-loop'

/** Lets other tasks run, so that a signal can end the fit. */
export async function pause(signal: AbortSignal | undefined): Promise<void> {
  await yieldToEventLoop()
  signal?.throwIfAborted()
}
