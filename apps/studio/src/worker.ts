// The one worker of the page. Its name is its role: what the roles share, such as weights, is built once.
const ROLES: Readonly<Record<string, () => Promise<unknown>>> = {
  labeling: () => import('./fit/worker.ts'),
  landmarking: () => import('./landmarking/worker.ts'),
}

// Messages that arrive before the role has loaded are delivered then.
const early: MessageEvent[] = []
const collect = (event: MessageEvent): number => early.push(event)
addEventListener('message', collect)

async function start(): Promise<void> {
  await ROLES[self.name]?.()
  removeEventListener('message', collect)
  for (const { data } of early) dispatchEvent(new MessageEvent('message', { data }))
}

start().catch((error: unknown) => {
  // Reaches `onerror` of the page.
  setTimeout(() => {
    throw error
  })
})

export {}
