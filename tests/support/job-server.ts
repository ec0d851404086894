import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The conditions that Kubernetes 1.31 and later adds one after another when a job ends. */
const ENDS = { Complete: ['SuccessCriteriaMet', 'Complete'], Failed: ['FailureTarget', 'Failed'] } as const

/** A server that answers what kubectl asks for about one job, as Kubernetes does. */
export interface JobServer {
  readonly url: string
  close(): void
}

/** Starts a server whose job runs for half a second and then ends. */
export async function startJobServer(name: string, outcome: keyof typeof ENDS): Promise<JobServer> {
  let version = 0
  const conditions: object[] = []
  const getJob = (): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default', resourceVersion: String(++version) },
    status: conditions.length > 0 ? { conditions } : { active: 8 },
  })
  const timers = ENDS[outcome].map((type, i) =>
    setTimeout(() => conditions.push({ type, status: 'True' }), 500 + 300 * i),
  )
  const jobs = { name: 'jobs', singularName: 'job', namespaced: true, kind: 'Job', verbs: ['get', 'list', 'watch'] }
  const group = { groupVersion: 'batch/v1', version: 'v1' }
  const pages: Readonly<Record<string, () => object>> = {
    '/api': () => ({ kind: 'APIVersions', versions: [] }),
    '/apis': () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: [{ name: 'batch', versions: [group] }] }),
    '/apis/batch/v1': () => ({ kind: 'APIResourceList', groupVersion: 'batch/v1', resources: [jobs] }),
    [`/apis/batch/v1/namespaces/default/jobs/${name}`]: getJob,
    '/apis/batch/v1/namespaces/default/jobs': () => ({
      kind: 'JobList',
      apiVersion: 'batch/v1',
      metadata: { resourceVersion: String(++version) },
      items: [getJob()],
    }),
  }
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    response.setHeader('content-type', 'application/json')
    if (searchParams.get('watch')) {
      const timer = setInterval(
        () => response.write(`${JSON.stringify({ type: 'MODIFIED', object: getJob() })}\n`),
        100,
      )
      response.once('close', () => clearInterval(timer))
      return
    }
    if (!pages[pathname]) response.statusCode = 404
    response.end(JSON.stringify(pages[pathname]?.() ?? { kind: 'Status', status: 'Failure', code: 404 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      timers.forEach(clearTimeout)
      server.closeAllConnections()
      server.close()
    },
  }
}
