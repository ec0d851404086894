import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, hostname, tmpdir, totalmem, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findPort } from './start-redis.ts'

const CONTROLLER = '/usr/sbin/slurmctld'
const NODE_DAEMON = '/usr/sbin/slurmd'
/** Milliseconds in which the node must be ready: on some machines Slurm does not start. */
const START_MS = 30_000

/** A Slurm of a test: this machine is its one node. */
export interface Slurm {
  /** Runs a command of Slurm, such as `sbatch`, and returns what it prints. */
  run(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>
  /** Ends Slurm and removes its folder. */
  stop(): Promise<void>
}

/** Starts Slurm on ports of its own; undefined where it is not installed or does not start. */
export async function startSlurm(): Promise<Slurm | undefined> {
  if (!existsSync(CONTROLLER) || !existsSync(NODE_DAEMON)) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'facekp-slurm-'))
  const config = await writeConfig(folder)
  const daemons = [
    spawn(CONTROLLER, ['-D', '-c', '-f', config], { stdio: 'ignore' }),
    spawn(NODE_DAEMON, ['-D', '-f', config], { stdio: 'ignore' }),
  ]
  const run: Slurm['run'] = async (command, args, env = process.env) =>
    (await promisify(execFile)(command, args, { env: { ...env, SLURM_CONF: config } })).stdout.trim()
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  const latest = performance.now() + START_MS
  while (performance.now() < latest) {
    const state = await run('sinfo', ['--noheader', '--format=%T']).catch(() => '')
    if (state === 'idle') return { run, stop }
    await sleep(200)
  }
  process.stdout.write(`Slurm does not start:\n${readLogs(folder)}\n`)
  await stop()
  return undefined
}

async function writeConfig(folder: string): Promise<string> {
  const config = join(folder, 'slurm.conf')
  const node = hostname().split('.')[0] as string
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
  const lines = [
    'ClusterName=facekp',
    `SlurmctldHost=${node}(127.0.0.1)`,
    `SlurmctldPort=${await findPort()}`,
    `SlurmdPort=${await findPort()}`,
    `SlurmUser=${userInfo().username}`,
    `SlurmdUser=${userInfo().username}`,
    'AuthType=auth/none',
    'CredType=cred/none',
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'MpiDefault=none',
    `StateSaveLocation=${join(folder, 'state')}`,
    `SlurmdSpoolDir=${join(folder, 'spool')}`,
    `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(folder, 'slurmd.pid')}`,
    `SlurmctldLogFile=${join(folder, 'slurmctld.log')}`,
    `SlurmdLogFile=${join(folder, 'slurmd.log')}`,
    'SchedulerParameters=defer_batch,sched_interval=2',
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=${Math.floor((0.9 * totalmem()) / 2 ** 20)} State=UNKNOWN`,
    'PartitionName=all Nodes=ALL Default=YES State=UP',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  return config
}

function end(daemon: ChildProcess): Promise<unknown> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return Promise.resolve()
  const ended = new Promise((resolve) => daemon.once('close', resolve))
  daemon.kill('SIGTERM')
  return ended
}

function readLogs(folder: string): string {
  const files = ['slurmctld.log', 'slurmd.log'].map((name) => join(folder, name)).filter(existsSync)
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(-8)).join('\n')
}
