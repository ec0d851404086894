// Ctrl-C reaches all processes of the terminal. The service of esbuild, by which tsx compiles modules when they are loaded, must not end
// then: a program that saves its work loads more of them. It ends with the program, whose pipe it reads.
import childProcess from 'node:child_process'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const { spawn } = childProcess
childProcess.spawn = (command, args, options) => {
  const isService = Array.isArray(args) && args.some((arg) => String(arg).startsWith('--service='))
  return spawn(command, args, isService ? { ...options, detached: true } : options)
}
// Node loads modules in a thread of its own, which loads this module too.
if (isMainThread) register(import.meta.url)
